import { and, desc, gte, lt } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import type { AlertMessage } from './alert.ts'
import { alertsTable } from './schema.ts'

export type KeptAlert = typeof alertsTable.$inferSelect

const table = alertsTable
const longestHost = 64

/**
 * Keeps messages in the database, for the staff who look.
 * @throws the reason of `signal` when it ends the wait
 */
export function keepAlerts({ orm }: Database, host: string) {
  return async ({ event, title, count, details, at }: AlertMessage, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted()
    const row = { event, title, happened: count, details, host: host.slice(0, longestHost), raised_at: at }
    const ended = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
    await Promise.race([orm.insert(table).values(row), ended])
  }
}

/** What the operators were told between two instants, on all replicas, newest first. */
export async function readAlerts({ orm }: Database, from: Date, to: Date, most: number): Promise<KeptAlert[]> {
  const isThen = and(gte(table.raised_at, from), lt(table.raised_at, to))
  return orm.select().from(table).where(isThen).orderBy(desc(table.raised_at), desc(table.alert_id)).limit(most)
}
