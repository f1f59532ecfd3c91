import type { Reason } from '../../approvals/schema.ts'
import type { Push } from '../../contract/messages.ts'
import { pointsFor } from '../../contract/money.ts'
import { Refusal } from '../../contract/refusals.ts'
import { type Amounts, estimateOf, lowerAmount } from '../../receipts/estimate.ts'
import type { Upload } from '../../receipts/schema.ts'
import type { Flag } from '../../receipts/wire.ts'
import { type Gift, type GiftRules, passedBudgets } from '../../staff/given.ts'
import type { UnitOfWork } from '../../till/unit-of-work.ts'

/** What a reviewer asks for. */
export interface Claim {
  /** The points to award; by default those of the amount, or the estimate. */
  points?: number | undefined
  /** The amount that the reviewer read and typed. */
  amount_fen?: number | undefined
  /** One of many that are approved at once. */
  isBatch: boolean
  /** The points may be at most this many times those of the lower amount. */
  maxMultiple: number
}

/** What an approval gives. */
export interface Award {
  points: number
  /** The part that the receipt speaks for. Whatever is above it is at the reviewer's discretion. */
  ordinary: number
  /** Nothing was read on the photo: the amount is the reviewer's own. */
  isUnread: boolean
}

/**
 * The award of an approval. A reviewer's own amount doesn't move the cap: it follows from what was typed by the sender
 * and read on the photo.
 * @throws {Refusal} 6005 above the cap, 6014 for a receipt that was not read and has no amount of the reviewer's own
 */
export function awardOf(amounts: Amounts, { points, amount_fen, isBatch, maxMultiple }: Claim): Award {
  const isUnread = amounts.recognized_amount_fen === null
  if (isUnread && (amount_fen === undefined || isBatch)) throw new Refusal(6014)
  const estimate = isUnread ? 0 : estimateOf(amounts)
  const max_points = Math.max(estimate, pointsFor(lowerAmount(amounts) ?? amount_fen ?? 0) * maxMultiple)
  const awarded = points ?? (amount_fen === undefined ? estimate : pointsFor(amount_fen))
  if (awarded > max_points)
    throw new Refusal(6005, { max_points }, { sentence: `积分超过上限，最多 ${max_points} 积分` })
  const vouchedFor = isUnread ? pointsFor(Math.min(amounts.input_amount_fen ?? 0, amount_fen ?? 0)) : estimate
  return { points: awarded, ordinary: Math.min(awarded, vouchedFor), isUnread }
}

/** The award as what a reviewer gives a diner today. */
export function giftOf(
  { points, ordinary }: Award,
  { day, actor, uploaderId }: { day: string; actor: { userId: number }; uploaderId: number },
): Gift {
  return { day, giverId: actor.userId, dinerId: uploaderId, ordinary, discretionary: points - ordinary }
}

/** Why an award needs another person's consent; empty when it doesn't. */
export function reasonsOf(
  unit: UnitOfWork<Push>,
  { points, isUnread }: Award,
  gift: Gift,
  { isDouble, gifts }: { isDouble: boolean; gifts: GiftRules },
): Reason[] {
  return [
    ...(isDouble ? ['copy' as const] : []),
    ...(gift.discretionary > gifts.mostAlone_points ? ['gift' as const] : []),
    ...(isUnread && points > gifts.mostUnread_points ? ['unread' as const] : []),
    ...passedBudgets(unit, gift, gifts.budgets),
  ]
}

/** From this share of what needs consent on, operators are told of an award for a receipt that was not read. */
const unreadShare = 0.5

/** Flags of an upload that operators hear of when it is approved, besides those of a copy. */
export function doubtsOf({ flags }: Pick<Upload, 'flags'>, { points }: Award, gifts: GiftRules): Flag['flag'][] {
  const found = new Set((JSON.parse(flags) as Flag[]).map(({ flag }) => flag))
  const isLarge = points >= gifts.mostUnread_points * unreadShare
  return (['other_merchant', 'unread', 'over_limit'] as const).filter(
    (flag) => found.has(flag) && (flag === 'other_merchant' || isLarge),
  )
}
