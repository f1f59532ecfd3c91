import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config.ts'

/** The configured secret. In development there may be none; then one is made once and kept in the data directory. */
export function secretOf(config: Config): string {
  if (config.JWT_SECRET) return config.JWT_SECRET
  const file = join(config.DATA_DIR, 'jwt-secret')
  mkdirSync(config.DATA_DIR, { recursive: true, mode: 0o700 })
  if (!existsSync(file)) make(file)
  return readFileSync(file, 'utf8').trim()
}

/** Writes the file whole or not at all. If two programs start together, both use the secret of the first. */
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
