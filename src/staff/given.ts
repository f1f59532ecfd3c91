import { and, eq } from 'drizzle-orm'
import type { Alert } from '../alerts/alert.ts'
import type { Database } from '../db/client.ts'
import type { Need } from '../till/table-mapping.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { type PointsGiven, pointsGiven, pointsGivenTable } from './schema.ts'

/** How many points staff may give in a business day before somebody else has to agree. */
export interface Budgets {
  /** At the discretion of one of the staff. */
  staff_points: number
  /** By the ordinary reviews of one reviewer. */
  review_points: number
  /** To one diner, by all the staff together. */
  diner_points: number
}

/** By which rules staff give points. */
export interface GiftRules {
  budgets: Budgets
  /** A single discretionary gift of more needs another person's consent. */
  mostAlone_points: number
  /** So does a receipt of more that was not read. */
  mostUnread_points: number
}

/** Points that one of the staff gives a diner on a business day. */
export interface Gift {
  day: string
  giverId: number
  dinerId: number
  /** By a receipt that speaks for them. */
  ordinary: number
  /** Whatever is above it, and corrections. */
  discretionary: number
}

/** Stands for everyone in a counter's key. */
const everyone = 0
/** From this share of a budget on, operators are told. */
const alertShare = 0.8
/** From this share of a budget on, one pair of giver and diner stands out. */
const pairShare = 0.5

const keysOf = ({ day, giverId, dinerId }: Pick<Gift, 'day' | 'giverId' | 'dinerId'>) =>
  ({ giver: [day, giverId, everyone], diner: [day, everyone, dinerId], pair: [day, giverId, dinerId] }) as const

/** The counters of a gift, locked: on every replica the next gift waits for this one. */
export function givenNeed(gift: Pick<Gift, 'day' | 'giverId' | 'dinerId'>): Need {
  return { mapping: pointsGiven, keys: Object.values(keysOf(gift)) }
}

const countersOf = (unit: UnitOfWork, gift: Gift) => {
  const keys = keysOf(gift)
  const read = (key: readonly (string | number)[]) => unit.get(pointsGiven, key)
  return { giver: read(keys.giver), diner: read(keys.diner), pair: read(keys.pair) }
}

const total = ({ ordinary, discretionary }: Pick<PointsGiven, 'ordinary' | 'discretionary'>) => ordinary + discretionary

export const budgetNames = ['staff_budget', 'review_budget', 'diner_budget'] as const
export type BudgetName = (typeof budgetNames)[number]

/** The budgets that a gift would pass. */
export function passedBudgets(unit: UnitOfWork, gift: Gift, budgets: Budgets): BudgetName[] {
  const { giver, diner } = countersOf(unit, gift)
  const { ordinary, discretionary } = gift
  const passed = {
    staff_budget: discretionary > 0 && giver.discretionary + discretionary > budgets.staff_points,
    review_budget: ordinary > 0 && giver.ordinary + ordinary > budgets.review_points,
    diner_budget: total(gift) > 0 && total(diner) + total(gift) > budgets.diner_points,
  }
  return budgetNames.filter((name) => passed[name])
}

/** Counts a gift that is given. Returns what operators should hear of it. */
export function countGift(unit: UnitOfWork, gift: Gift, budgets: Budgets): Alert[] {
  if (total(gift) === 0) return []
  const { giver, diner, pair } = countersOf(unit, gift)
  const before = { giver: { ...giver }, pair: { ...pair } }
  for (const row of [giver, diner, pair]) {
    const ordinary = row.ordinary + gift.ordinary
    unit.update(pointsGiven, row, { ordinary, discretionary: row.discretionary + gift.discretionary })
  }
  const { giverId: staff_id, dinerId: diner_id } = gift
  const budget = (name: 'discretionary' | 'reviews', was: number, used: number, most: number): Alert[] =>
    crosses(was, used, most * alertShare) ? [{ event: 'staff_budget', budget: name, staff_id, used, most }] : []
  const standsOut =
    crosses(before.pair.discretionary, pair.discretionary, budgets.staff_points * pairShare) ||
    crosses(total(before.pair), total(pair), budgets.diner_points * pairShare)
  return [
    ...budget('discretionary', before.giver.discretionary, giver.discretionary, budgets.staff_points),
    ...budget('reviews', before.giver.ordinary, giver.ordinary, budgets.review_points),
    ...(standsOut ? [{ event: 'staff_pair', staff_id, diner_id, points: total(pair) } as const] : []),
  ]
}

function crosses(before: number, after: number, mark: number): boolean {
  return after > before && before < mark && after >= mark
}

/** What one of the staff has given on a business day, of what they may. */
export async function readBudgets(database: Database, day: string, giverId: number, budgets: Budgets) {
  const { business_day, giver_id, diner_id } = pointsGivenTable
  const where = and(eq(business_day, day), eq(giver_id, giverId), eq(diner_id, everyone))
  const [given] = await database.orm.select().from(pointsGivenTable).where(where)
  return {
    discretionary: { limit: budgets.staff_points, used: given?.discretionary ?? 0 },
    reviews: { limit: budgets.review_points, used: given?.ordinary ?? 0 },
  }
}

const mostPairs = 20

/**
 * The pairs of giver and diner with at least so many discretionary points between them, the most first. Only those that
 * went on until the last day are among them.
 */
export function readStandingOut(
  database: Pick<Database, 'query'>,
  { since, until }: { since: string; until: string },
  least_points: number,
): Promise<{ staff_id: number; diner_id: number; points: number }[]> {
  return database.query(
    `SELECT giver_id AS staff_id, diner_id, CAST(SUM(discretionary) AS SIGNED) AS points FROM points_given
      WHERE business_day BETWEEN ? AND ? AND giver_id <> ? AND diner_id <> ?
      GROUP BY giver_id, diner_id
     HAVING points >= ? AND MAX(CASE WHEN discretionary > 0 THEN business_day END) = ?
      ORDER BY points DESC, staff_id, diner_id LIMIT ?`,
    [since, until, everyone, everyone, least_points, until, mostPairs],
  )
}
