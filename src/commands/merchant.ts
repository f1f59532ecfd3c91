import { openInstallation } from '../installation.ts'
import { setMerchant } from '../merchant/set-merchant.ts'
import { accountOf, requireMobile } from './named-account.ts'
import type { Command } from './run.ts'
import { UsageError } from './usage.ts'

export const merchantCommand: Command = async ({ args, config, print }) => {
  const [verb, mobile, ...rest] = args
  if ((verb !== 'grant' && verb !== 'revoke') || rest.length > 0)
    throw new UsageError('Say grant or revoke, and a phone.')
  const wanted = requireMobile(mobile)
  const { services, close } = await openInstallation(config, print)
  try {
    const { user_id } = await accountOf(services, wanted)
    const isMerchant = verb === 'grant'
    const { answer } = await services.till.run(setMerchant, { userId: user_id, isMerchant })
    const standing = isMerchant ? 'a merchant' : 'no merchant'
    print(answer.changed ? `${wanted} is now ${standing}.` : `${wanted} was ${standing} already.`)
    return 0
  } finally {
    await close()
  }
}
