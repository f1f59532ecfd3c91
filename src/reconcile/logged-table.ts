import type { Database } from '../db/client.ts'
import type { Leaf } from '../till/log-entry.ts'
import type { Genesis } from './genesis.ts'

type Row = Record<string, unknown>

/** A table whose every row has its leaf. */
export interface LoggedTable {
  /** The first word of its leaves' labels. */
  kind: string
  table: string
  /** The column by which its rows are counted. */
  group: string
  /** A column that grows within a group. Only a commit that comes late may add a row below what is there. */
  place: string
  /** Rows up to the last one that `genesis` names are older than the log and need no leaf; left out: none is. */
  older?: { column: string; last: 'last_ledger_id' | 'last_stock_id' | 'last_audit_id' }
  /** The rows that should have a leaf, as SQL; left out: all that are not older. */
  among?: string
  /** The group of a label's row. */
  groupOf(label: string): string
  /** The rows that leaves with these labels may be of. */
  rowsOf(database: Database, labels: readonly string[]): Promise<Row[]>
  /** The leaves that these rows should have, in their order. */
  leavesOf(database: Database, rows: Row[]): Leaf[] | Promise<Leaf[]>
  /** The epoch whose seed decided a row. */
  epochOf?(row: Row): number | undefined
}

/** Counting the whole history takes its time. */
const countTimeout_ms = 60_000

/** The word of a label that names the row. */
export const second = (label: string) => label.split(' ')[1] ?? ''

/** Rows as a transaction's query gives them: the decoders take dates as text. */
export async function select(database: Database, sql: string, params: unknown[]): Promise<Row[]> {
  const rows = await database.query<Row>(sql, params)
  for (const row of rows)
    for (const [column, value] of Object.entries(row))
      if (value instanceof Date) row[column] = value.toISOString().replace('T', ' ').replace('Z', '')
  return rows
}

/** How far each group goes. */
export function reachOf(database: Database, { table, group, place }: LoggedTable): Promise<Map<string, number>> {
  return numbersBy(database, `SELECT ${group} AS name, MAX(${place}) AS number FROM ${table} GROUP BY ${group}`, [])
}

/** How many rows should have a leaf, by their groups: all of them, or those of some groups up to a place. */
export function countRows(
  database: Database,
  table: LoggedTable,
  genesis: Genesis,
  upTo?: readonly (readonly [group: string, place: number])[],
): Promise<Map<string, number>> {
  const { sql, params } = whereOf(table, genesis)
  const among = upTo?.map(() => `(${table.group} = ? AND ${table.place} <= ?)`).join(' OR ') ?? 'TRUE'
  return numbersBy(
    database,
    `SELECT ${table.group} AS name, COUNT(*) AS number FROM ${table.table} WHERE ${sql} AND (${among})
      GROUP BY ${table.group}`,
    [...params, ...(upTo?.flat() ?? [])],
  )
}

/** The leaves that the rows of a group should have, up to a place. */
export async function leavesOfGroup(
  database: Database,
  table: LoggedTable,
  genesis: Genesis,
  { name, upTo = Number.MAX_SAFE_INTEGER }: { name: string; upTo?: number | undefined },
): Promise<Leaf[]> {
  const { sql, params } = whereOf(table, genesis)
  const rows = await select(
    database,
    `SELECT * FROM ${table.table} WHERE ${sql} AND ${table.group} = ? AND ${table.place} <= ?`,
    [...params, name, upTo],
  )
  return table.leavesOf(database, rows)
}

/** True for a row that needs no leaf. */
export function isOlder({ older }: LoggedTable, row: Row, genesis: Genesis): boolean {
  return older !== undefined && Number(row[older.column]) <= genesis[older.last]
}

function whereOf({ older, among = 'TRUE' }: LoggedTable, genesis: Genesis): { sql: string; params: number[] } {
  return older ? { sql: `${older.column} > ?`, params: [genesis[older.last]] } : { sql: among, params: [] }
}

async function numbersBy(database: Database, sql: string, params: unknown[]): Promise<Map<string, number>> {
  const found = await database.query<{ name: unknown; number: number }>(sql, params, countTimeout_ms)
  return new Map(found.map(({ name, number }) => [String(name), Number(number)]))
}
