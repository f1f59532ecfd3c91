import { openInstallation } from '../installation.ts'
import { setStanding } from '../merchant/set-standing.ts'
import { accountOf, requireMobile } from './named-account.ts'
import type { Command } from './run.ts'
import { UsageError } from './usage.ts'

const standings = { stop: 'banned', restore: 'active' } as const

/** Keeps someone out of their account, with everything in it as it is, or lets them back in. */
export const accountCommand: Command = async ({ args, config, print }) => {
  const [verb, mobile, ...rest] = args
  if ((verb !== 'stop' && verb !== 'restore') || rest.length > 0)
    throw new UsageError('Say stop or restore, and a phone.')
  const wanted = requireMobile(mobile)
  const { services, close } = await openInstallation(config, print)
  try {
    const { user_id } = await accountOf(services, wanted)
    const { answer } = await services.till.run(setStanding, { userId: user_id, status: standings[verb] })
    const standing = verb === 'stop' ? 'stopped' : 'open'
    print(answer.changed ? `${wanted} is ${standing} now.` : `${wanted} was ${standing} already.`)
    return 0
  } finally {
    await close()
  }
}
