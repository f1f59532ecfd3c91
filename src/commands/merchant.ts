import { setMerchant } from '../merchant/change-account.ts'
import { type AccountVerb, commandOnAccount } from './named-account.ts'

/** Makes an account a merchant, or takes that away. */
export const merchantCommand = commandOnAccount({
  grant: verb(true, 'a merchant'),
  revoke: verb(false, 'no merchant'),
})

function verb(isMerchant: boolean, standing: string): AccountVerb {
  return {
    standing,
    change: async ({ till }, userId) => (await till.run(setMerchant, { userId, isMerchant })).answer,
  }
}
