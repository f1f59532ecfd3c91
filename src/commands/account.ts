import { setStanding } from '../merchant/change-account.ts'
import { type AccountVerb, commandOnAccount } from './named-account.ts'

/** Keeps someone out of their account, with everything in it as it is, or lets them back in. */
export const accountCommand = commandOnAccount({
  stop: verb('banned', 'stopped'),
  restore: verb('active', 'open'),
})

function verb(status: 'banned' | 'active', standing: string): AccountVerb {
  return {
    standing,
    change: async ({ till }, userId) => (await till.run(setStanding, { userId, status })).answer,
  }
}
