import type { Role } from '../staff/roles.ts'
import type { Prize } from './prizes.ts'
import type { lotteryWheelTable, wheelVersionsTable } from './schema.ts'
import { nearMissWidth } from './wheel.ts'

type WheelRow = typeof lotteryWheelTable.$inferSelect

/** One of the eight prizes of a change. */
export type ChangedPrize = Pick<
  Prize,
  'prize_id' | 'prize_name' | 'prize_type' | 'prize_value' | 'angle' | 'color' | 'probability' | 'is_activity'
> & {
  /** What is there of a new prize; undefined leaves the stock as it is. */
  stock_remaining?: number | null | undefined
}

/** A whole wheel that comes into force, now or at an announced instant. */
export interface WheelChange {
  version: number
  cost_points: number
  pity_prize_id: number
  /** By angle. */
  prizes: readonly ChangedPrize[]
  /** Null: a command or a setting. */
  made_by: number | null
  made_role: Role | 'system'
  made_at: Date
}

export interface AnnouncedWheel extends WheelChange {
  effective_from: Date
}

/** The limits that the settings give, which a version writes down. */
export interface WheelLimits {
  dailyLimit: number
  pityLimit: number
}

/** The rules of a version of the wheel. Draws keep to those that are written down with it, whatever the settings say. */
export interface VersionRules extends WheelLimits {
  /** In ten-thousandths. */
  nearMissWidth: number
}

/** The rules of a version that these limits make. */
export function rulesUnder(limits: WheelLimits): VersionRules {
  return { ...limits, nearMissWidth }
}

/** The rules that a version has written down. */
export function rulesIn(
  row: Pick<typeof wheelVersionsTable.$inferSelect, 'daily_limit' | 'pity_limit' | 'near_miss_width'>,
): VersionRules {
  return { dailyLimit: row.daily_limit, pityLimit: row.pity_limit, nearMissWidth: row.near_miss_width }
}

/** What the wheel's row holds of a change that is announced; `basis` is the version that it replaces. */
type Stored = Omit<WheelChange, 'made_at'> & { made_at: string; basis: number }

/** The columns of the wheel's row that announce a change. */
export function announced(change: WheelChange, basis: number, from: Date) {
  return { next_from: from, next_wheel: JSON.stringify({ ...change, basis }) }
}

/** The columns of the wheel's row when nothing is announced. */
export const nothingAnnounced = { next_from: null, next_wheel: null }

/**
 * What the wheel's row announces. A program of an earlier version knows of no announcement: once it has set another
 * wheel, what was announced before is void.
 */
export function announcedIn({ version, next_from, next_wheel }: Readonly<WheelRow>): AnnouncedWheel | null {
  if (next_from === null || next_wheel === null) return null
  const { basis, made_at, ...change } = JSON.parse(next_wheel) as Stored
  return basis === version ? { ...change, made_at: new Date(made_at), effective_from: next_from } : null
}

/** The number of the next change. */
export function nextVersion({ version, last_version }: Readonly<WheelRow>): number {
  return Math.max(version, last_version) + 1
}
