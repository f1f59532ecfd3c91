import type { Services } from '../composition/services.ts'
import { OperatorError } from '../lib/operator-error.ts'
import { adopt, findUnlogged } from '../reconcile/adopt.ts'
import { systemActor } from '../staff/actor.ts'
import { recordDeed } from '../staff/audit.ts'
import { isKeyName, makeSignerKey, signerOf } from '../tlog/format/notes.ts'
import type { TransparencyLog } from '../tlog/log.ts'
import { restartLog } from '../tlog/restart.ts'
import type { Command } from './command.ts'
import { UsageError } from './usage.ts'
import { doWork, type Work } from './work.ts'
import { writeSecret } from './write-secret.ts'

/** Makes the log's key, seals the log, begins a new one, or takes in rows that an earlier version wrote. */
export const logCommand: Command = async ({ args, config, print }) => {
  const [verb, ...rest] = args
  if (verb === 'key') return makeKey(rest, print)
  return doWork({ config, print }, workOf(args))
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
  if (verb === 'restart' && count === undefined) return restart
  if (verb === 'adopt' && rest.length === 0 && (count === undefined || /^[1-9]\d{0,8}$/.test(count)))
    return adoptUnlogged(count === undefined ? undefined : Number(count))
  throw new UsageError('log takes: key, a name and a file; seal; restart; or adopt, perhaps with a number.')
}

function requireLog({ log }: Services): TransparencyLog {
  if (!log) throw new OperatorError('LOG_KEY is not set: there is no log to seal.')
  return log
}

const seal: Work = async (services, print) => {
  const log = requireLog(services)
  print(`${await log.seal()} entries sealed.`)
  print((await log.checkpoint()).trimEnd())
}

/** @throws {OperatorError} for the old key: whoever kept its checkpoints would see two logs of one name */
const restart: Work = async (services, print) => {
  const log = requireLog(services)
  const { verifierKey } = await log.state()
  if (verifierKey === log.signer.verifierKey)
    throw new OperatorError('LOG_KEY is still the old one. Make one with: log key')
  const { size, root } = await restartLog(services, log.signer.verifierKey)
  await services.till.run(recordDeed, {
    actor: systemActor(),
    deed: { action: 'log.restart', target: 'log', details: { size, root: root.toHex(), old: verifierKey } },
  })
  print(`A new log begins. The old one had ${size} entries.`)
  await seal(services, print)
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
