import { count, type SQL } from 'drizzle-orm'
import type { MySqlTable } from 'drizzle-orm/mysql-core'
import type { Database } from './client.ts'

/** One page of the rows that match `where`, in `order`, and how many match in all. */
export async function pageOf<Table extends MySqlTable>(
  { orm }: Database,
  table: Table,
  { where, order, page, limit }: { where: SQL | undefined; order: readonly SQL[]; page: number; limit: number },
): Promise<{ rows: Table['$inferSelect'][]; total: number }> {
  const [rows, [counted]] = await Promise.all([
    orm
      .select()
      .from(table as MySqlTable)
      .where(where)
      .orderBy(...order)
      .limit(limit)
      .offset((page - 1) * limit),
    orm.select({ total: count() }).from(table).where(where),
  ])
  return { rows: rows as Table['$inferSelect'][], total: counted?.total ?? 0 }
}
