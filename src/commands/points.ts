import { openServices } from '../composition/open-services.ts'
import { newId } from '../lib/random.ts'
import { adjust } from '../merchant/counter/adjust.ts'
import { adjustBody } from '../merchant/counter/wire.ts'
import { systemActor } from '../staff/actor.ts'
import type { Command } from './command.ts'
import { requireAccount, requireMobile } from './named-account.ts'
import { UsageError } from './usage.ts'

export const pointsCommand: Command = async ({ args, config, print }) => {
  const { mobile, points, reason } = parse(args)
  const { services, close } = await openServices(config, print)
  try {
    const { user_id: userId } = await requireAccount(services, mobile)
    const adjustment = { userId, points, reason, adjustmentId: newId('ADJ'), actor: systemActor() }
    const { answer } = await services.till.run(adjust, adjustment)
    print(`${mobile} has ${answer.new_balance} points now.`)
    return 0
  } finally {
    await close()
  }
}

function parse(args: string[]): { mobile: string; points: number; reason: string } {
  const at = args.indexOf('--reason')
  const reason = at === -1 ? '' : (args[at + 1] ?? '').trim()
  const [mobile, amount, ...rest] = at === -1 ? args : args.toSpliced(at, 2)
  if (!amount || rest.length > 0) throw new UsageError('Say a phone, a number of points and --reason.')
  if (!/^[+-]?\d{1,6}$/.test(amount)) throw new UsageError(`${amount} is not a number of points.`)
  const points = Number(amount)
  if (!adjustBody.shape.points.safeParse(points).success) throw new UsageError('Between 1 and 100000 points, + or -.')
  if (!adjustBody.shape.reason.safeParse(reason).success)
    throw new UsageError('--reason takes 1 to 200 characters, in one line.')
  return { mobile: requireMobile(mobile), points, reason }
}
