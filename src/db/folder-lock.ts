import { Database } from 'bun:sqlite'
import { join } from 'node:path'

/** The right of this process to use a folder alone. */
export interface FolderLock {
  release(): void
}

/**
 * Locks a folder; returns undefined while another process has it. SQLite takes the lock from the operating system, so
 * it ends with the process, however the process ends.
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
