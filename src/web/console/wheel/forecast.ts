import { effectiveOdds } from '../../../fairness/odds.ts'
import { prizeRules } from '../../../lottery/prizes.ts'
import type { Played } from './simulate.ts'

export interface Forecast {
  /** Points that diners pay and win in a day. */
  paid: number
  won: number
  /** How many vouchers of each prize a day gives, by prize id. */
  vouchers: ReadonlyMap<number, number>
  /** What the vouchers cost the house, in fen. */
  cost_fen: number
}

interface Day {
  turns: number
  cost_points: number
  /** What one voucher costs the house, in fen, by prize id. */
  costs_fen: ReadonlyMap<number, number>
}

/** What a day costs and gives on average, with the guarantee counted in and stock left out. */
export function forecastOf(wheel: Played, { turns, cost_points, costs_fen }: Day): Forecast {
  const shares = effectiveOdds(wheel)
  const perDay = (prizeId: number) => (shares.get(prizeId) ?? 0) * turns
  const withVoucher = wheel.prizes.filter(({ prize_type }) => prizeRules[prize_type].hasVoucher)
  const vouchers = new Map(withVoucher.map(({ prize_id }) => [prize_id, perDay(prize_id)]))
  return {
    paid: turns * cost_points,
    won: wheel.prizes.reduce((sum, one) => sum + prizeRules[one.prize_type].points(one) * perDay(one.prize_id), 0),
    vouchers,
    cost_fen: [...vouchers].reduce((sum, [id, count]) => sum + count * (costs_fen.get(id) ?? 0), 0),
  }
}
