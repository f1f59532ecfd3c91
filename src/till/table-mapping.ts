import { getTableColumns, getTableName } from 'drizzle-orm'
import type { AnyMySqlColumn, MySqlTable } from 'drizzle-orm/mysql-core'
import { raw } from 'mysql2'
import type { Transaction } from '../db/transact.ts'
import type { Leaf } from './log-entry.ts'

/** The values of a row's key columns, in the mapping's order. */
export type Key = readonly (string | number)[]

/** Columns that a fresh row starts with, by name. */
export type Seed = Readonly<Record<string, unknown>>

/**
 * A table as the till sees it: how its rows are named, locked, loaded and written. `Column` names the columns that a
 * change may write.
 */
export interface TableMapping<Row extends object = object, Column extends string = string> {
  readonly name: string
  /** Its place in `lock-order.ts`. */
  readonly rank: number
  /** The columns that may be changed. */
  readonly updates: readonly Column[]
  /** What the log says of its rows. Without it their changes leave no leaf. */
  readonly logged?: LeafRule<Row> | undefined
  keyOf(row: Row): Key
  load(tx: Transaction, keys: readonly Key[]): Promise<Row[]>
  insert(tx: Transaction, rows: readonly Row[]): void
  /** Writes the named columns of changed rows. */
  update(tx: Transaction, rows: readonly Row[], columns: ReadonlySet<string>): void | Promise<void>
  /** Inserts rows whose ids the database makes. Returns them in the order of their seeds. */
  create(tx: Transaction, seeds: readonly Seed[]): Promise<Row[]>
  remove(tx: Transaction, rows: readonly Row[]): void
}

/** What the log says of rows of a table, so that no change of them goes unnoticed. */
export interface LeafRule<Row> {
  /** A row that is added leaves this leaf, and so does a change of one of the columns `on`. */
  leafOf(row: Row): Leaf
  on?: readonly string[]
  /** The column that gets a random value, which `leafOf` puts before free text: nobody can guess the text by its hash. */
  salt?: string
}

/** What an operation asks for: rows by key, or a new row whose id the database makes. */
export type Need =
  | { readonly mapping: TableMapping; readonly keys: readonly Key[] | ((unit: Finder) => readonly Key[]) }
  | { readonly mapping: TableMapping; readonly fresh: Seed }

/** What a need may read of the unit of work: rows of a lower rank that its operation named. */
export interface Finder {
  find<Row extends object>(mapping: TableMapping<Row>, key: Key): Readonly<Row> | undefined
}

export interface TableMappingOptions<Row, Column extends keyof Row & string> {
  rank: number
  key: readonly (keyof Row & string)[]
  /** `update` locks what it loads, `none` reads what is committed. */
  lock: 'update' | 'none'
  updates: readonly Column[]
  logged?: LeafRule<Row> & { on?: readonly (keyof Row & string)[]; salt?: keyof Row & string }
}

const lockClause = { update: ' FOR UPDATE', none: '' }
const quote = (name: string) => `\`${name}\``
const useDefault = raw('DEFAULT')

let lastInstant: { instant: Date; codec: string; text: unknown } | undefined

/** An instant as the driver gets it; most rows of a batch hold the same one. */
function instantAsText(instant: Date, codec: AnyMySqlColumn): unknown {
  if (lastInstant?.instant !== instant || lastInstant.codec !== codec.columnType)
    lastInstant = { instant, codec: codec.columnType, text: codec.mapToDriverValue(instant) }
  return lastInstant.text
}

/** Returns a function that decodes a row of a transaction's query in place. Columns of other tables stay as they are. */
export function decoderOf<Table extends MySqlTable>(table: Table) {
  const columns = Object.entries(getTableColumns(table)) as [string, AnyMySqlColumn][]
  return (row: Record<string, unknown>) => {
    for (const [column, codec] of columns) {
      const value = row[column]
      if (value !== null) row[column] = codec.mapFromDriverValue(value)
    }
    return row as Table['$inferSelect']
  }
}

/** Maps a Drizzle table, which gives the columns and their codecs. Each statement handles many rows. */
export function mapTable<Table extends MySqlTable, const Column extends keyof Table['$inferSelect'] & string = never>(
  table: Table,
  options: TableMappingOptions<Table['$inferSelect'], Column>,
): TableMapping<Table['$inferSelect'], Column> {
  type Row = Table['$inferSelect']
  const name = getTableName(table)
  const columns = Object.entries(getTableColumns(table)) as [string, AnyMySqlColumn][]
  const columnOf = Object.fromEntries(columns)
  const encode = (column: string, value: unknown) => {
    if (value === null || value === undefined) return value
    const codec = columnOf[column]
    return value instanceof Date && codec ? instantAsText(value, codec) : codec?.mapToDriverValue(value)
  }
  const select = `SELECT ${columns.map(([column]) => quote(column)).join(', ')} FROM ${quote(name)} WHERE `

  const whereKeys = (keys: readonly Key[]) => {
    if (options.key.length === 1)
      return { sql: `${quote(options.key[0] ?? '')} IN (?)`, params: [keys.map(([k]) => k)] }
    const one = `(${options.key.map((column) => `${quote(column)} = ?`).join(' AND ')})`
    return { sql: keys.map(() => one).join(' OR '), params: keys.flat() }
  }
  const decode = decoderOf(table)
  const keyOf = (row: Row): Key => options.key.map((column) => row[column as keyof Row] as string | number)
  const keysOf = (rows: readonly Row[]) => whereKeys(rows.map(keyOf))

  const insertOf = (rows: readonly object[]): [sql: string, params: unknown[]] => {
    const named = columns.filter(([column, { notNull, hasDefault }]) => {
      const unsaid: unknown[] = notNull || hasDefault ? [undefined] : [undefined, null]
      return rows.some((row) => !unsaid.includes(row[column as keyof object]))
    })
    const values = rows.map((row) =>
      named.map(([column]) => {
        const value = encode(column, row[column as keyof object])
        return value === undefined ? useDefault : value
      }),
    )
    return [`INSERT INTO ${quote(name)} (${named.map(([c]) => quote(c)).join(', ')}) VALUES ?`, [values]]
  }

  return {
    name,
    rank: options.rank,
    updates: options.updates,
    logged: options.logged,
    keyOf,
    async load(tx, keys) {
      const where = whereKeys(keys)
      const order = options.key.map(quote).join(', ')
      const sql = `${select}${where.sql} ORDER BY ${order}${lockClause[options.lock]}`
      return (await tx.query<Record<string, unknown>>(sql, where.params)).map(decode)
    },
    insert(tx, rows) {
      tx.later(...insertOf(rows))
    },
    update(tx, rows, changed) {
      const params: unknown[] = []
      const keys = rows.map(keyOf)
      const sets = options.updates
        .filter((column) => changed.has(column))
        .map((column) => {
          const values = rows.map((row) => encode(column, row[column as keyof Row]))
          return `${quote(column)} = ${assigned(column, options.key, { keys, values }, params)}`
        })
      if (sets.length === 0) return
      const where = whereKeys(keys)
      tx.later(`UPDATE ${quote(name)} SET ${sets.join(', ')} WHERE ${where.sql}`, [...params, ...where.params])
    },
    async create(tx, seeds) {
      const { insertId } = await tx.write(...insertOf(seeds))
      const step = seeds.length === 1 ? 1 : await idStep(tx)
      const made = await this.load(
        tx,
        seeds.map((_, index) => [insertId + index * step]),
      )
      if (made.length !== seeds.length || (made.length > 1 && !made.every((row, index) => grewFrom(row, seeds[index]))))
        throw new Error(`${name}: the rows just made are not there`)
      return made
    },
    remove(tx, rows) {
      const where = keysOf(rows)
      tx.later(`DELETE FROM ${quote(name)} WHERE ${where.sql}`, where.params)
    },
  }
}

/**
 * The distance between the ids of two rows of one INSERT with VALUES. Every `innodb_autoinc_lock_mode` makes those ids
 * together, without gaps.
 */
async function idStep(tx: Transaction): Promise<number> {
  const [row] = await tx.query<{ step: number }>('SELECT @@auto_increment_increment AS step')
  return row?.step ?? 1
}

function grewFrom(row: object, seed: Seed = {}): boolean {
  return Object.entries(seed).every(([column, value]) => row[column as keyof object] === value)
}

/** The SQL that gives each row its value of `column`: the value itself if all rows share it, else a CASE by key. */
function assigned(
  column: string,
  key: readonly string[],
  { keys, values }: { keys: readonly Key[]; values: readonly unknown[] },
  params: unknown[],
): string {
  if (values.every((value) => value === values[0])) {
    params.push(values[0])
    return '?'
  }
  for (const [at, value] of values.entries()) params.push(...(keys[at] ?? []), value)
  const [of, when] =
    key.length === 1
      ? [quote(key[0] ?? ''), 'WHEN ? THEN ?']
      : ['', `WHEN ${key.map((k) => `${quote(k)} = ?`).join(' AND ')} THEN ?`]
  return `CASE ${of} ${values.map(() => when).join(' ')} ELSE ${quote(column)} END`
}

/** The need for the rows of `mapping` under these one-column keys. */
export function rows(mapping: TableMapping, ...keys: (string | number)[]): Need {
  return { mapping, keys: keys.map((key) => [key]) }
}

/**
 * A mapping of figures that follow from other rows, such as sums and counts. Later operations of the batch see what an
 * operation changed here, but it is never saved: the operation itself writes the rows that the figures follow from.
 */
export function derivedMapping<Row extends object, const Column extends keyof Row & string>(
  figures: Pick<TableMapping<Row, Column>, 'name' | 'rank' | 'updates' | 'keyOf' | 'load'>,
): TableMapping<Row, Column> {
  const noTable = () => {
    throw new Error(`${figures.name} follows from other rows`)
  }
  return { ...figures, update() {}, insert: noTable, create: noTable, remove: noTable }
}
