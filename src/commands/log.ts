import { openServices } from '../composition/open-services.ts'
import { OperatorError } from '../lib/operator-error.ts'
import { isKeyName, makeSignerKey, signerOf } from '../tlog/format/notes.ts'
import type { Command } from './command.ts'
import { UsageError } from './usage.ts'
import { writeSecret } from './write-secret.ts'

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
  const { services, close } = await openServices(config, print)
  try {
    if (!services.log) throw new OperatorError('LOG_KEY is not set: there is no log to seal.')
    print(`${await services.log.seal()} entries sealed.`)
    print((await services.log.checkpoint()).trimEnd())
    return 0
  } finally {
    await close()
  }
}
