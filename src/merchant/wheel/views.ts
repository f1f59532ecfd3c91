import { type AnnouncedWheel, announcedIn } from '../../lottery/announced-wheel.ts'
import type { lotteryWheelTable } from '../../lottery/schema.ts'
import { oddsSum, type Wheel } from '../../lottery/wheel.ts'
import type { NextWheel, WheelAnswer, WheelFields } from './wire.ts'

type Angle = WheelFields['prizes'][number]['angle']

/** A wheel as editors see it. */
export function wheelView({ version, pity_prize_id, prizes }: Wheel): WheelFields {
  return {
    version,
    cost_points: prizes[0]?.cost_points ?? 0,
    pity_prize_id,
    prizes: prizes.map(({ cost_points: _cost, status: _status, created_at: _made, updated_at: _changed, ...prize }) => {
      const { stock_seq: _seq, stock_leaf: _leaf, ...shown } = prize
      return { ...shown, angle: prize.angle as Angle, probability: prize.probability / oddsSum }
    }),
  }
}

/** What is announced, with the stocks as they are where it sets none. */
export function nextView(next: AnnouncedWheel, { prizes: present }: Wheel): NextWheel {
  const { version, cost_points, pity_prize_id, effective_from } = next
  const stocks = new Map(present.map(({ prize_id, stock_remaining }) => [prize_id, stock_remaining]))
  return {
    ...{ version, cost_points, pity_prize_id, effective_from: effective_from.toISOString() },
    prizes: next.prizes.map((prize) => ({
      ...prize,
      angle: prize.angle as Angle,
      probability: prize.probability / oddsSum,
      stock_remaining:
        prize.stock_remaining === undefined ? (stocks.get(prize.prize_id) ?? null) : prize.stock_remaining,
    })),
  }
}

/** The wheel in force, what is announced, and since when it is closed. */
export function wheelState(wheel: Wheel, row: Readonly<typeof lotteryWheelTable.$inferSelect>): WheelAnswer {
  return stateOf(wheel, announcedIn(row), row.closed_at)
}

export function stateOf(wheel: Wheel, announcedWheel: AnnouncedWheel | null, closedAt: Date | null): WheelAnswer {
  const current = wheelView(wheel)
  const next = announcedWheel && nextView(announcedWheel, wheel)
  return { ...current, closed_at: closedAt?.toISOString() ?? null, current, next }
}
