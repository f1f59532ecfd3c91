import type { lotteryPrizesTable, prizeTypes } from './schema.ts'

export type PrizeType = (typeof prizeTypes)[number]

/** A prize with its published odds in ten-thousandths. */
export type Prize = typeof lotteryPrizesTable.$inferSelect

type Value = Pick<Prize, 'prize_value'>

interface PrizeRules {
  /** Points that go to the winner's ledger. */
  points(prize: Value): number
  /** True when the winner gets a voucher to show at the counter. */
  hasVoucher: boolean
  /** False for a turn that wins nothing. */
  isWin: boolean
  /** True for a value that a wheel's editor may set. */
  allowsValue(value: number): boolean
}

/** The most points that one prize may hold. */
export const mostPrizePoints = 1_000_000

const noPoints = () => 0
const anyValue = () => true

/**
 * Everything that differs between prize types. A new type is one more line, and the compiler asks for all of its
 * fields.
 */
export const prizeRules: Record<PrizeType, PrizeRules> = {
  points: {
    points: ({ prize_value }) => Math.trunc(prize_value),
    hasVoucher: false,
    isWin: true,
    allowsValue: (value) => Number.isSafeInteger(value) && value >= 0 && value <= mostPrizePoints,
  },
  coupon: { points: noPoints, hasVoucher: true, isWin: true, allowsValue: anyValue },
  physical: { points: noPoints, hasVoucher: true, isWin: true, allowsValue: anyValue },
  empty: { points: noPoints, hasVoucher: false, isWin: false, allowsValue: anyValue },
}

const typesOf = (holds: (rules: PrizeRules) => boolean) =>
  (Object.keys(prizeRules) as PrizeType[]).filter((type) => holds(prizeRules[type]))

/** The types of prizes that win something. */
export const winningTypes = typesOf(({ isWin }) => isWin)

/** The types of prizes whose winners get a voucher. */
export const typesWithVoucher = typesOf(({ hasVoucher }) => hasVoucher)

/** True for a prize that can run out. The pity prize never runs out, because it is promised. */
export function isLimited(prize: Pick<Prize, 'prize_id' | 'stock_remaining'>, pityPrizeId: number): boolean {
  return prize.stock_remaining !== null && prize.prize_id !== pityPrizeId
}
