import { closeSync, openSync, writeSync } from 'node:fs'
import { OperatorError } from '../lib/operator-error.ts'

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
