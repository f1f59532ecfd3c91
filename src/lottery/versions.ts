import { asc, desc, gt, inArray } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { pageOf } from '../db/page.ts'
import { wheelHash, wheelLeaf } from '../fairness/leaves.ts'
import { lockOrder } from '../lock-order.ts'
import { mapTable } from '../till/table-mapping.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { sha256 } from '../tlog/format/tree.ts'
import type { WheelDocument } from '../verifier/documents.ts'
import { type ChangedPrize, rulesIn, rulesUnder, type WheelChange, type WheelLimits } from './announced-wheel.ts'
import { prizeMovementsTable, wheelVersionPrizesTable, wheelVersionsTable } from './schema.ts'
import { wheelDocument } from './wheel-document.ts'

export const wheelVersions = mapTable(wheelVersionsTable, {
  rank: lockOrder.wheelVersions,
  key: ['version'],
  lock: 'none',
  updates: [],
})

export const wheelVersionPrizes = mapTable(wheelVersionPrizesTable, {
  rank: lockOrder.journals,
  key: ['version', 'angle'],
  lock: 'none',
  updates: [],
})

export const prizeMovements = mapTable(prizeMovementsTable, {
  rank: lockOrder.journals,
  key: ['movement_id'],
  lock: 'none',
  updates: [],
})

/** A version to write down. Of the wheel of an earlier program nobody knows who made it. */
type Recorded = Omit<WheelChange, 'made_role'> & { made_role: WheelChange['made_role'] | null; effective_from: Date }

/** Writes down for ever what is in force from an instant on. */
export function recordVersion(unit: UnitOfWork, recorded: Recorded, limits: WheelLimits): void {
  const { prizes, made_at, ...version } = recorded
  const rules = rulesUnder(limits)
  unit.append(wheelVersions, {
    ...version,
    daily_limit: rules.dailyLimit,
    pity_limit: rules.pityLimit,
    near_miss_width: rules.nearMissWidth,
    created_at: made_at,
  })
  const hash = wheelHash(wheelDocument(version, prizes, rules))
  unit.log({ label: `wheel ${version.version}`, hash: sha256(wheelLeaf(version.version, hash)) })
  for (const prize of prizes) unit.append(wheelVersionPrizes, { version: version.version, ...sectorOf(prize) })
}

/** What a version keeps of a prize. Its stock is no part of it. */
function sectorOf(prize: Omit<ChangedPrize, 'stock_remaining'>) {
  const { prize_id, prize_name, prize_type, prize_value, angle, color, probability, is_activity } = prize
  return { prize_id, prize_name, prize_type, prize_value, angle, color, probability, is_activity }
}

export type WheelVersion = typeof wheelVersionsTable.$inferSelect & { prizes: VersionPrize[] }
type VersionPrize = typeof wheelVersionPrizesTable.$inferSelect

/** A version as its hash says it. */
export function documentOfVersion({ prizes, ...version }: WheelVersion): WheelDocument {
  return wheelDocument(version, prizes, rulesIn(version))
}

/** A page of the versions that are or were in force, newest first. */
export async function readWheelVersions(
  database: Database,
  page: { page: number; limit: number },
): Promise<{ versions: WheelVersion[]; total: number }> {
  const { rows, total } = await pageOf(database, wheelVersionsTable, {
    ...page,
    where: gt(wheelVersionsTable.version, 0),
    order: [desc(wheelVersionsTable.version)],
  })
  return { versions: await withPrizes(database, rows), total }
}

/** Those of these versions that were written down. */
export async function readVersions(database: Database, versions: readonly number[]): Promise<WheelVersion[]> {
  if (versions.length === 0) return []
  const table = wheelVersionsTable
  const rows = await database.orm
    .select()
    .from(table)
    .where(inArray(table.version, [...versions]))
  return withPrizes(database, rows)
}

async function withPrizes({ orm }: Database, rows: (typeof wheelVersionsTable.$inferSelect)[]) {
  if (rows.length === 0) return []
  const table = wheelVersionPrizesTable
  const numbers = rows.map(({ version }) => version)
  const prizes = await orm
    .select()
    .from(table)
    .where(inArray(table.version, numbers))
    .orderBy(asc(table.version), asc(table.angle))
  return rows.map((row) => ({ ...row, prizes: prizes.filter(({ version }) => version === row.version) }))
}
