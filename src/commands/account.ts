import { setStanding } from '../accounts/set-standing.ts'
import { systemActor } from '../staff/actor.ts'
import { type AccountVerb, commandOnAccount } from './named-account.ts'

/** Keeps someone out of their account, or lets them back in. What the account holds stays as it is. */
export const accountCommand = commandOnAccount({
  stop: verb('banned', 'stopped'),
  restore: verb('active', 'open'),
})

function verb(status: 'banned' | 'active', standing: string): AccountVerb {
  return {
    standing,
    change: async ({ till }, userId) => (await till.run(setStanding, { userId, status, actor: systemActor() })).answer,
  }
}
