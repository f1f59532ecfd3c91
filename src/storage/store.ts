/** Where images are kept: private objects under keys of the program's own making. */
export interface Store {
  /** @throws when the object was not kept whole. */
  put(key: string, bytes: Uint8Array): Promise<void>
  /** The object, or undefined when there is none. */
  get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** Removes objects; one that is not there is no fault. */
  delete(keys: readonly string[]): Promise<void>
  /** Every object whose key begins with `folder/`, with the instant it was kept. */
  list(folder: string): AsyncIterable<StoredObject>
  /** The id of the installation that these objects belong to; undefined where none was written. */
  mark(): Promise<string | undefined>
  setMark(installationId: string): Promise<void>
  /**
   * Looks by a write of its own whether objects can be kept now.
   * @throws when they can't
   */
  check(): Promise<void>
  close(): void
}

export interface StoredObject {
  key: string
  keptAt: Date
}

export const markName = 'installation-id'

const keyPattern = /^[a-z-]+\/[\w-]{1,64}\.jpg$/

/** Keys have one shape, so that none can leave its folder. */
export const isKey = (name: string) => keyPattern.test(name)

/** @throws {TypeError} for anything that is no key. */
export function requireKey(key: string): string {
  if (!isKey(key)) throw new TypeError('not a key of the store')
  return key
}
