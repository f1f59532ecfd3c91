import { getTableName } from 'drizzle-orm'
import type { MySqlTable } from 'drizzle-orm/mysql-core'
import type { Database } from './client.ts'
import { sharedRead } from './shared-read.ts'
import { allColumnsOf } from './table-rows.ts'

/** How many rows one statement reads. */
const mostRows = 256

/** Makes a reader of the row with a key. Rows that are asked for together come by one statement. */
export function rowReader<Table extends MySqlTable, Key extends keyof Table['$inferSelect'] & string>(
  table: Table,
  key: Key,
): (database: Database, key: Table['$inferSelect'][Key]) => Promise<Readonly<Table['$inferSelect']> | undefined> {
  type Row = Table['$inferSelect']
  const columns = allColumnsOf(table)
  const sql = `SELECT ${columns.sql} FROM ${getTableName(table)} WHERE ${key} IN (?)`
  return sharedRead(async (database, keys: readonly Row[Key][]) => {
    const found = new Map<Row[Key], Row>()
    for (const row of await database.query<Row>(sql, [[...new Set(keys)]])) found.set(row[key], columns.decode(row))
    return keys.map((key) => found.get(key))
  }, mostRows)
}
