import { and, type Column, count, eq, gte } from 'drizzle-orm'
import type { MySqlTable } from 'drizzle-orm/mysql-core'
import type { Database } from '../db/client.ts'
import { exchangeRecordsTable } from '../exchange/schema.ts'
import { lotteryRecordsTable } from '../lottery/schema.ts'
import { uploadReviewsTable } from '../receipts/schema.ts'

export interface Activities {
  draws: number
  exchanges: number
  uploads: number
}

/** How often the user drew, exchanged and uploaded, since an instant or in total. */
export async function countActivities(database: Database, userId: number, since?: Date): Promise<Activities> {
  const rowsOf = async (table: MySqlTable & { user_id: Column; created_at: Column }) => {
    const where = and(eq(table.user_id, userId), since ? gte(table.created_at, since) : undefined)
    const [counted] = await database.orm.select({ total: count() }).from(table).where(where)
    return counted?.total ?? 0
  }
  const [draws, exchanges, uploads] = await Promise.all([
    rowsOf(lotteryRecordsTable),
    rowsOf(exchangeRecordsTable),
    rowsOf(uploadReviewsTable),
  ])
  return { draws, exchanges, uploads }
}

export function totalOf({ draws, exchanges, uploads }: Activities): number {
  return draws + exchanges + uploads
}
