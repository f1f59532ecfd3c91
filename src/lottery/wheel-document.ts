import { wheelHash } from '../fairness/leaves.ts'
import type { WheelDocument } from '../verifier/documents.ts'
import type { ChangedPrize, VersionRules } from './announced-wheel.ts'
import { isEmpty, type Wheel } from './wheel.ts'

/** A wheel with its rules, as everyone can check it. Stock, status and times are no part of it. */
export function wheelDocument(
  wheel: { version: number; pity_prize_id: number; cost_points: number },
  prizes: readonly Omit<ChangedPrize, 'stock_remaining' | 'color'>[],
  { dailyLimit, pityLimit, nearMissWidth }: VersionRules,
): WheelDocument {
  return {
    version: wheel.version,
    pity_limit: pityLimit,
    daily_limit: dailyLimit,
    cost_points: wheel.cost_points,
    pity_prize_id: wheel.pity_prize_id,
    empty_prize_id: prizes.find(isEmpty)?.prize_id ?? 0,
    near_miss_width: nearMissWidth,
    prizes: prizes.map(({ prize_id, prize_name, prize_type, prize_value, angle, probability, is_activity }) => ({
      ...{ prize_id, prize_name, prize_type, angle, probability, is_activity },
      value_hundredths: Math.round(prize_value * 100),
    })),
  }
}

const known = new WeakMap<Wheel, { rules: VersionRules; hash: string }>()

/** The hash of an open wheel as it was loaded; computed once for a batch. */
export function hashOfWheel(wheel: Wheel, rules: VersionRules): string {
  const found = known.get(wheel)
  if (found?.rules === rules) return found.hash
  const hash = wheelHash(documentOf(wheel, rules))
  known.set(wheel, { rules, hash })
  return hash
}

export function documentOf(wheel: Wheel, rules: VersionRules): WheelDocument {
  const cost_points = wheel.prizes[0]?.cost_points ?? 0
  return wheelDocument({ ...wheel, cost_points }, wheel.prizes, rules)
}
