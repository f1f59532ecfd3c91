import type { Push } from '../../contract/messages.ts'
import { Refusal } from '../../contract/refusals.ts'
import { orders } from '../../exchange/schema.ts'
import type { StaffActor } from '../../staff/actor.ts'
import { audit } from '../../staff/audit.ts'
import { byStaff } from '../../staff/standing.ts'
import type { Operation } from '../../till/operation.ts'
import { rows } from '../../till/table-mapping.ts'
import { users } from '../../users/schema.ts'
import { type Voucher, vouchers } from '../../vouchers/schema.ts'
import { statusAt } from '../../vouchers/status.ts'

/** The keys of the voucher's rows. They are read without a lock before the operation, which has to name its rows. */
export interface Redemption {
  code: string
  holderId: number
  /** The order of a product's voucher; null for a prize's voucher. */
  exchangeId: string | null
  actor: StaffActor
}

/** Redeems a voucher, once, and completes its order in the same transaction. */
export const redeem: Operation<Redemption, { redeemed_at: string }, Push> = byStaff('vouchers', {
  name: 'redeem',
  laneKey: ({ holderId }) => holderId,
  needs: ({ code, holderId, exchangeId }) => [
    rows(users, holderId),
    rows(vouchers, code),
    ...(exchangeId === null ? [] : [rows(orders, exchangeId)]),
  ],
  decide(unit, { code, holderId, exchangeId, actor }) {
    const voucher = requireRedeemable(unit.find(vouchers, [code]), unit.now)
    // Codes can be passed on to others. So a stopped account's vouchers are blocked until the account is active again.
    if (unit.get(users, [holderId]).status !== 'active')
      throw new Refusal(6007, { current_status: 'stopped' }, { sentence: '持有人的账号已停用，券暂时不能核销' })
    unit.update(vouchers, voucher, { status: 'redeemed', redeemed_at: unit.now, redeemed_by: actor.userId })
    if (exchangeId !== null) {
      unit.update(orders, unit.get(orders, [exchangeId]), { status: 'completed', completed_at: unit.now })
    }
    const details = { title: voucher.title, quantity: voucher.quantity, user_id: voucher.user_id }
    audit(unit, actor, {
      action: 'voucher.redeem',
      target: `voucher:${code}`,
      before: { status: 'active' },
      after: { status: 'redeemed' },
      details,
    })
    return { redeemed_at: unit.now.toISOString() }
  },
})

function requireRedeemable(voucher: Readonly<Voucher> | undefined, now: Date): Readonly<Voucher> {
  if (!voucher) throw new Refusal(6006)
  const current_status = statusAt(voucher, now)
  if (current_status !== 'active') throw new Refusal(6007, { current_status })
  return voucher
}
