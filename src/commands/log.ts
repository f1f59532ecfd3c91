import { openServices } from '../composition/open-services.ts'
import type { Services } from '../composition/services.ts'
import { OperatorError } from '../lib/operator-error.ts'
import { adopt, findUnlogged } from '../reconcile/adopt.ts'
import { systemActor } from '../staff/actor.ts'
import { isKeyName, makeSignerKey, signerOf } from '../tlog/format/notes.ts'
import type { Command } from './command.ts'
import { UsageError } from './usage.ts'
import { writeSecret } from './write-secret.ts'

type Work = (services: Services, print: (line: string) => void) => Promise<void>

/** Makes the key of the log, seals the log once, or takes rows into it that an earlier version of the program wrote. */
export const logCommand: Command = async ({ args, config, print }) => {
  const [verb, ...rest] = args
  if (verb === 'key') return makeKey(rest, print)
  const work = workOf(args)
  const { services, close } = await openServices(config, print)
  try {
    await work(services, print)
    return 0
  } finally {
    await close()
  }
}

function makeKey([name, file, ...rest]: readonly string[], print: (line: string) => void): number {
  if (name === undefined || file === undefined || rest.length > 0)
    throw new UsageError('log key takes a name and a file.')
  if (!isKeyName(name)) throw new UsageError('The name of a log has no blanks and no plus, as points.example.com/log.')
  const key = makeSignerKey(name)
  writeSecret(file, key)
  print(signerOf(key).verifierKey)
  return 0
}

function workOf([verb, count, ...rest]: readonly string[]): Work {
  if (verb === 'seal' && count === undefined) return seal
  if (verb === 'adopt' && rest.length === 0 && (count === undefined || /^[1-9]\d{0,8}$/.test(count)))
    return adoptUnlogged(count === undefined ? undefined : Number(count))
  throw new UsageError('log takes: key, a name and a file; seal; or adopt, perhaps with a number.')
}

const seal: Work = async ({ log }, print) => {
  if (!log) throw new OperatorError('LOG_KEY is not set: there is no log to seal.')
  print(`${await log.seal()} entries sealed.`)
  print((await log.checkpoint()).trimEnd())
}

/** Shows the rows that have no leaf. Takes them into the log when the operator has counted them too. */
function adoptUnlogged(count: number | undefined): Work {
  return async ({ database, till }, print) => {
    const leaves = await findUnlogged(database)
    if (count === undefined) {
      for (const { label } of leaves) print(`not in the log  ${label}`)
      print(`${leaves.length} rows are not in the log.`)
      return
    }
    if (count !== leaves.length)
      throw new OperatorError(`${leaves.length} rows are not in the log, not ${count}: look at them with log adopt.`)
    await adopt(till, leaves, systemActor())
    print(`${leaves.length} rows are in the log now.`)
  }
}
