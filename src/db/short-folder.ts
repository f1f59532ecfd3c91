import { linkSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A folder with a short path that belongs to `home`, which only its owner can enter. Its name is random, as anyone may
 * make folders beside it: a name that they can foresee would be theirs to make first. `home` remembers it, so that all
 * processes use the same one.
 */
export function shortFolderOf(home: string): string {
  const record = join(home, 'short-folder')
  for (;;) {
    const known = recordedIn(record)
    if (known === undefined) {
      remember(record, mkdtempSync(join(tmpdir(), 'restaurant-points-')))
      continue
    }
    makeAgain(known)
    if (isOurs(known)) return known
    rmSync(record, { force: true })
  }
}

function recordedIn(record: string): string | undefined {
  try {
    return readFileSync(record, 'utf8').trim()
  } catch {
    return undefined
  }
}

/** Of two processes that start together one is first, and the other uses that one's folder. */
function remember(record: string, folder: string): void {
  const draft = `${record}.${process.pid}`
  writeFileSync(draft, folder, { mode: 0o600 })
  try {
    linkSync(draft, record)
  } catch (error) {
    rmdirSync(folder)
    if ((error as { code?: string }).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft)
  }
}

/** Folders for temporary files don't outlive a restart of the machine. */
function makeAgain(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error
  }
}

function isOurs(folder: string): boolean {
  const found = lstatSync(folder)
  return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o777) === 0o700
}
