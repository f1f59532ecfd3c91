import { and, eq, gt, inArray, type SQL, sql } from 'drizzle-orm'
import type { Logger } from 'pino'
import type { Database } from '../db/client.ts'
import { isDuplicateKey } from '../db/errors.ts'
import { leasesTable } from './schema.ts'

/** The right to run something alone among all replicas, as long as it is renewed. */
export interface Lease {
  /** Grows with each holder. */
  readonly fence: number
  /** False once another process may have taken it. The holder must then stop. */
  isHeld(): boolean
  release(): Promise<void>
}

const life_s = 60
/** How long before its end the holder gives up a lease that it could not renew. */
const margin_ms = 10_000
const renewEvery_ms = 15_000

const table = leasesTable
const freshUntil = sql`UTC_TIMESTAMP(3) + INTERVAL ${sql.raw(String(life_s))} SECOND`

/** No lease taken now ends so late, so the clock was ahead. Its holder is gone, or will notice that it lost the lease. */
const isOfTheFuture = sql`${table.until} > UTC_TIMESTAMP(3) + INTERVAL ${sql.raw(String(2 * life_s))} SECOND`

export interface LeaseDeps {
  database: Database
  logger: Logger
  elapsed_ms: () => number
}

/**
 * Takes the lease `name`, by the database's clock, and renews it until it is released or was lost. Undefined while another
 * process holds it.
 */
export async function takeLease(
  { database: { orm }, logger, elapsed_ms }: LeaseDeps,
  name: string,
  owner: string,
): Promise<Lease | undefined> {
  await orm
    .insert(table)
    .values({ name, owner: '', fence: 0, until: new Date(0) })
    .catch((error) => {
      if (!isDuplicateKey(error)) throw error
    })
  let askedAt_ms = elapsed_ms()
  const takeIf = async (isFree: SQL) => {
    const next = { owner, fence: sql`${table.fence} + 1`, until: freshUntil }
    const [taken] = await orm
      .update(table)
      .set(next)
      .where(and(eq(table.name, name), isFree))
    return taken.affectedRows === 1
  }
  if (!(await takeIf(sql`${table.until} <= UTC_TIMESTAMP(3)`))) {
    if (!(await takeIf(isOfTheFuture))) return undefined
    logger.warn({ lease: name }, 'a lease of the future is ignored: the clock was ahead')
  }
  const [row] = await orm
    .select({ fence: table.fence })
    .from(table)
    .where(and(eq(table.name, name), eq(table.owner, owner)))
  if (!row) return undefined
  const mine = and(eq(table.name, name), eq(table.owner, owner), eq(table.fence, row.fence))

  let lost = false
  const isHeld = () => !lost && elapsed_ms() - askedAt_ms < life_s * 1000 - margin_ms
  const renew = async () => {
    const startedAt_ms = elapsed_ms()
    const [renewed] = await orm.update(table).set({ until: freshUntil }).where(mine)
    if (renewed.affectedRows === 1) askedAt_ms = startedAt_ms
    else lost = true
  }
  const timer = setInterval(() => {
    if (!isHeld()) return clearInterval(timer)
    renew().catch((error) => logger.warn({ err: error, lease: name }, 'a lease could not be renewed'))
  }, renewEvery_ms)
  return {
    fence: row.fence,
    isHeld,
    async release() {
      clearInterval(timer)
      await orm
        .update(table)
        .set({ owner: '', until: new Date(0) })
        .where(mine)
        .catch((error) => logger.warn({ err: error, lease: name }, 'a lease is left to run out'))
    },
  }
}

/** Which of these leases somebody holds, on any replica. */
export async function heldLeases({ orm }: Database, names: readonly string[]): Promise<Set<string>> {
  const isHeld = and(inArray(table.name, [...names]), gt(table.until, sql`UTC_TIMESTAMP(3)`))
  const held = await orm.select({ name: table.name }).from(table).where(isHeld)
  return new Set(held.map(({ name }) => name))
}
