import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { markName, requireKey, type Store, type StoredObject } from './store.ts'

const probeSize = 64 * 1024

/** A store in a folder that only this account may read. An object is stored whole or not at all. */
export function createDiskStore(root: string): Store {
  const pathOf = (key: string) => join(root, requireKey(key))
  return {
    put: async (key, bytes) => writeWhole(pathOf(key), bytes),
    async get(key) {
      return unlessMissing(async () => new Uint8Array(await readFile(pathOf(key))))
    },
    async delete(keys) {
      for (const key of keys) await rm(pathOf(key), { force: true })
    },
    list: (folder) => objectsIn(root, folder),
    async mark() {
      return (await unlessMissing(() => readFile(join(root, markName), 'utf8')))?.trim()
    },
    setMark: (installationId) => writeWhole(join(root, markName), `${installationId}\n`),
    async check() {
      await mkdir(root, { recursive: true, mode: 0o700 })
      const probe = join(root, `.probe-${randomUUID()}`)
      try {
        // Not an empty file: even a full disk takes one.
        await writeFile(probe, new Uint8Array(probeSize), { mode: 0o600, flush: true })
      } finally {
        await rm(probe, { force: true })
      }
    },
    close() {},
  }
}

async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  // It is named like an object, so that the sweep removes one that a crash left behind.
  const draft = join(dirname(path), `draft-${randomUUID()}.jpg`)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  try {
    await writeFile(draft, content, { mode: 0o600, flush: true })
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

async function* objectsIn(root: string, folder: string): AsyncIterable<StoredObject> {
  const names = (await unlessMissing(() => readdir(join(root, folder)))) ?? []
  for (const name of names) {
    const found = await unlessMissing(() => stat(join(root, folder, name)))
    if (found) yield { key: `${folder}/${name}`, keptAt: found.mtime }
  }
}

async function unlessMissing<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look()
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined
    throw error
  }
}
