import { closeSync, openSync, writeSync } from 'node:fs'
import { openInstallation } from '../composition/installation.ts'
import { OperatorError } from '../lib/operator-error.ts'
import { isKeyName, makeSignerKey, signerOf } from '../tlog/format/notes.ts'
import type { Command } from './command.ts'
import { UsageError } from './usage.ts'

/** Makes the key of the log, or seals the log once. */
export const logCommand: Command = async ({ args, config, print }) => {
  const [verb, origin, file, ...rest] = args
  if (verb === 'key' && origin !== undefined && file !== undefined && rest.length === 0) {
    if (!isKeyName(origin))
      throw new UsageError('The name of a log has no blanks and no plus, as points.example.com/log.')
    const key = makeSignerKey(origin)
    writeSecret(file, key)
    print(signerOf(key).verifierKey)
    return 0
  }
  if (verb !== 'seal' || origin !== undefined) throw new UsageError('log takes: key, a name and a file; or seal.')
  const { services, close } = await openInstallation(config, print)
  try {
    if (!services.log) throw new OperatorError('LOG_KEY is not set: there is no log to seal.')
    print(`${await services.log.seal()} entries sealed.`)
    print((await services.log.checkpoint()).trimEnd())
    return 0
  } finally {
    await close()
  }
}

/**
 * Writes a secret into a new file that its owner alone may read.
 * @throws {OperatorError} when the file is there: a secret that is overwritten is lost.
 */
export function writeSecret(path: string, secret: string): void {
  try {
    const file = openSync(path, 'wx', 0o600)
    writeSync(file, `${secret}\n`)
    closeSync(file)
  } catch (error) {
    const { code } = error as { code?: string }
    throw new OperatorError(code === 'EEXIST' ? `${path} is there already, and stays as it is.` : `${path}: ${code}`)
  }
}
