import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config.ts'

/** The configured secret, or development's own: made once and kept in the data directory. */
export function secretOf(config: Config): string {
  if (config.JWT_SECRET) return config.JWT_SECRET
  const file = join(config.DATA_DIR, 'jwt-secret')
  mkdirSync(config.DATA_DIR, { recursive: true, mode: 0o700 })
  if (!existsSync(file)) make(file)
  return readFileSync(file, 'utf8').trim()
}

/** Whole or not at all: of two programs that start together one reads what the other has made. */
function make(file: string): void {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, randomBytes(48).toString('base64url'), { mode: 0o600 })
  try {
    linkSync(draft, file)
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft)
  }
}
