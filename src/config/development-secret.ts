import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeSignerKey } from '../tlog/format/notes.ts'
import type { Config } from './config.ts'

/** The configured secret. In development there may be none; then one is made once and kept in the data directory. */
export function secretOf(config: Config): string {
  return config.JWT_SECRET ?? keptIn(config, 'jwt-secret', () => randomBytes(48).toString('base64url'))
}

/** The key that signs for the log; undefined where none is configured and none is made, which is in development alone. */
export function logKeyOf(config: Config): string | undefined {
  if (config.LOG_KEY !== undefined || config.NODE_ENV !== 'development') return config.LOG_KEY
  return keptIn(config, 'log-key', () => makeSignerKey(`localhost/log-${randomBytes(4).toString('hex')}`))
}

/** A secret that is made once and kept in the data directory. */
export function keptIn(config: Config, name: string, make: () => string): string {
  const file = join(config.DATA_DIR, name)
  mkdirSync(config.DATA_DIR, { recursive: true, mode: 0o700 })
  if (!existsSync(file)) write(file, make())
  return readFileSync(file, 'utf8').trim()
}

/** Writes the file whole or not at all. If two programs start together, both use the secret of the first. */
function write(file: string, secret: string): void {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, secret, { mode: 0o600 })
  try {
    linkSync(draft, file)
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft)
  }
}
