import { Column, getTableColumns, getTableName } from 'drizzle-orm'
import type { AnyMySqlColumn, MySqlTable } from 'drizzle-orm/mysql-core'

type FullRow<Table extends MySqlTable> = Table['$inferSelect']

/** Some columns of a table, for statements that are built once, without the query builder. */
export interface TableColumns<Row> {
  /** The columns as a SELECT names them. */
  readonly sql: string
  /** Makes the row's values those of the program, in place. Columns that aren't of the table stay as they are. */
  decode<More extends Row>(row: More): More
}

/** The rows that some columns make. */
export type RowOf<Columns> = Columns extends TableColumns<infer Row> ? Row : never

/** The driver makes numbers, texts and dates by itself. What else a column holds, its codec makes. */
const isMadeByDriver = (column: AnyMySqlColumn) =>
  column.dataType === 'date' || column.mapFromDriverValue === Column.prototype.mapFromDriverValue

export function columnsOf<Table extends MySqlTable, const Name extends keyof FullRow<Table> & string>(
  table: Table,
  names: readonly Name[],
): TableColumns<Pick<FullRow<Table>, Name>> {
  const columns = getTableColumns(table) as Record<string, AnyMySqlColumn>
  const coded = names.flatMap((name) => {
    const column = columns[name]
    return column && !isMadeByDriver(column) ? [{ name, column }] : []
  })
  return {
    sql: names.map((name) => `${getTableName(table)}.${name}`).join(', '),
    decode(row) {
      const values = row as Record<string, unknown>
      for (const { name, column } of coded)
        if (values[name] !== null) values[name] = column.mapFromDriverValue(values[name])
      return row
    },
  }
}

export function allColumnsOf<Table extends MySqlTable>(table: Table): TableColumns<FullRow<Table>> {
  return columnsOf(table, Object.keys(getTableColumns(table)) as (keyof FullRow<Table> & string)[])
}
