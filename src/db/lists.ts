import type { Database } from './client.ts'
import { sharedRead } from './shared-read.ts'
import type { TableColumns } from './table-rows.ts'

/** SQL with its parameters. */
export interface Fragment {
  sql: string
  params: readonly unknown[]
}

/** One page of a list. */
export interface PageAsk {
  /** Which list: its owner, and what all of its rows are. */
  of: Fragment
  /** What else its rows have to be. */
  filters: readonly Fragment[]
  page: number
  limit: number
}

export interface ListOptions<Row> {
  table: string
  columns: TableColumns<Row>
  /** Columns of other tables, and how they are joined. */
  joined?: { columns: string; join: string }
  order: string
}

/** How many lists one statement reads. */
const mostLists = 16

/**
 * Makes a reader of people's lists: one page, and how many rows the list has. Each page is one SELECT. First pages
 * without a filter are what clients ask for all the time: those that are asked for together go as one UNION ALL.
 */
export function listReader<Row extends object, Joined extends object = object>(options: ListOptions<Row>) {
  type Found = Row & Joined & Counted
  const { table, columns, joined = { columns: '', join: '' }, order } = options
  const more = joined.columns === '' ? '' : `, ${joined.columns}`

  const selectOf = ({ of, filters, page, limit }: PageAsk, nth: number): Fragment => {
    const where = allOf([of, ...filters])
    return {
      sql: `SELECT ${nth} AS nth, (SELECT COUNT(*) FROM ${table} WHERE ${where.sql}) AS total, ${columns.sql}${more}
              FROM ${table} ${joined.join} WHERE ${where.sql} ORDER BY ${order} LIMIT ?, ?`,
      params: [...where.params, ...where.params, (page - 1) * limit, limit],
    }
  }
  const readAll = async (database: Database, asks: readonly PageAsk[]) => {
    const selects = asks.map(selectOf)
    const [first] = selects
    const sql =
      first && selects.length === 1 ? first.sql : selects.map((select) => `(${select.sql})`).join(' UNION ALL ')
    const params = selects.flatMap((select) => select.params)
    const found = asks.map((): Found[] => [])
    for (const row of await database.query<Found & { nth: number }>(sql, params)) found[row.nth]?.push(row)
    return found
  }
  const readTogether = sharedRead(readAll, mostLists)

  return async (database: Database, ask: PageAsk): Promise<{ rows: (Row & Joined)[]; total: number }> => {
    const isCommon = ask.page === 1 && ask.filters.length === 0
    const rows = (isCommon ? await readTogether(database, ask) : (await readAll(database, [ask]))[0]) ?? []
    for (const row of rows) columns.decode(row)
    const [first] = rows
    return { rows, total: first ? Number(first.total) : await countBeyond(database, table, ask) }
  }
}

interface Counted {
  total: number
}

/** How many rows a list has whose page is empty. */
async function countBeyond(database: Database, table: string, { of, filters, page }: PageAsk): Promise<number> {
  if (page === 1) return 0
  const where = allOf([of, ...filters])
  const [counted] = await database.query<Counted>(`SELECT COUNT(*) AS total FROM ${table} WHERE ${where.sql}`, [
    ...where.params,
  ])
  return counted?.total ?? 0
}

function allOf(conditions: readonly Fragment[]): Fragment {
  return { sql: conditions.map(({ sql }) => sql).join(' AND '), params: conditions.flatMap(({ params }) => params) }
}
