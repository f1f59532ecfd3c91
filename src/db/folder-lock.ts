import { Database } from 'bun:sqlite'
import { join } from 'node:path'

/** A folder that is this process's alone. */
export interface FolderLock {
  release(): void
}

/**
 * Takes a folder, or answers undefined while another process has it. The lock is the system's own, on a file of SQLite's:
 * it ends with the process, however that ends.
 */
export function lockFolder(folder: string): FolderLock | undefined {
  const file = new Database(join(folder, 'lock.sqlite'))
  try {
    file.run('PRAGMA locking_mode = EXCLUSIVE')
    file.run('BEGIN EXCLUSIVE')
    return { release: () => file.close() }
  } catch (error) {
    file.close()
    if ((error as { code?: string }).code === 'SQLITE_BUSY') return undefined
    throw error
  }
}
