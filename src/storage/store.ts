/** Where images and the log’s tiles are kept: as private objects, under keys that the program makes. */
export interface Store {
  /** @throws when the object was not stored whole. */
  put(key: string, bytes: Uint8Array): Promise<void>
  /** The object, or undefined when there is none. */
  get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** Removes objects. One that does not exist is no error. */
  delete(keys: readonly string[]): Promise<void>
  /** Every object whose key begins with `folder/`, with the time it was stored. */
  list(folder: string): AsyncIterable<StoredObject>
  /** The id of the installation that these objects belong to; undefined when none was set. */
  mark(): Promise<string | undefined>
  setMark(installationId: string): Promise<void>
  /**
   * Checks by a write of its own whether objects can be stored now.
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

const keyPattern = /^[a-z-]+\/[\w-]{1,64}\.(jpg|tile|note)$/

/** All keys have this shape, so none can lead out of its folder. */
export const isKey = (name: string) => keyPattern.test(name)

/** @throws {TypeError} for anything that is no key. */
export function requireKey(key: string): string {
  if (!isKey(key)) throw new TypeError('not a key of the store')
  return key
}
