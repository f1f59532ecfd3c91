import { expect, test } from 'bun:test'
import { Glob } from 'bun'
import { getTableColumns, is } from 'drizzle-orm'
import { MySqlTable } from 'drizzle-orm/mysql-core'
import type { Transaction } from '../../src/db/transact.ts'
import type { TableMapping } from '../../src/till/table-mapping.ts'

/** SQL that one of MySQL 8, MariaDB 10.6, Galera and TiDB refuses, ignores, or runs differently from the others. */
const unportable: readonly [where: string, what: RegExp][] = [
  ['TiDB refuses it; Galera locks on one server alone', /LOCK IN SHARE MODE/i],
  ['MariaDB has no FOR SHARE', /FOR SHARE/i],
  ['TiDB has no SKIP LOCKED', /SKIP LOCKED/i],
  ['MySQL and TiDB have no RETURNING', /\bRETURNING\b/i],
  ['Galera locks on one server alone', /\bGET_LOCK\b|LOCK TABLES/i],
  ['MariaDB has no row alias in VALUES', /VALUES .+ AS new\b/i],
  ['the order of columns and duplicates decides on REPLACE', /^\s*REPLACE\b/i],
]

/**
 * Draws share the lock of the wheel's row, so that none takes effect with a wheel that is closed or no longer in force.
 * TiDB and Galera with several writers lack that guarantee; `docs/clusters.md` says so.
 */
const allowed = ['the committed wheel: TiDB refuses it; Galera locks on one server alone']

interface Statement {
  table: string
  sql: string
}

const files = [...new Glob('src/**/{schema,*-mapping,idempotency}.ts').scanSync()]
const exported = (await Promise.all(files.map((file) => import(`../../${file}`)))).flatMap((module) =>
  Object.values(module as object),
)
const isMapping = (value: unknown): value is TableMapping =>
  typeof value === 'object' && value !== null && 'rank' in value && 'load' in value && 'insert' in value
const mappings = exported.filter(isMapping)
const tables = exported.filter((value) => is(value, MySqlTable)) as MySqlTable[]

/** Every statement of a mapping, collected by a transaction that only records them. */
async function statementsOf(mapping: TableMapping): Promise<Statement[]> {
  const said: string[] = []
  const tx: Transaction = {
    async query(sql) {
      said.push(sql)
      return []
    },
    async write(sql) {
      said.push(sql)
      return { insertId: 1, affectedRows: 1 }
    },
    later(sql) {
      said.push(sql)
    },
  }
  const columns = new Set(tables.flatMap((table) => Object.keys(getTableColumns(table))))
  const row = Object.fromEntries([...columns].map((column) => [column, null]))
  const attempts = [
    () => mapping.load(tx, [mapping.keyOf(row).map(() => 1)]),
    () => mapping.insert(tx, [row]),
    () => mapping.update(tx, [row, { ...row }], columns),
    () => mapping.remove(tx, [row]),
    () => mapping.create(tx, [{}, {}]),
  ]
  // A derived mapping can't write, and `create` finds none of the rows it made: both throw.
  for (const attempt of attempts) await (async () => attempt())().catch(() => {})
  return said.map((sql) => ({ table: mapping.name, sql }))
}

test('every statement that the till can issue does the same on MySQL 8, MariaDB 10.6, Galera and TiDB', async () => {
  const statements = (await Promise.all(mappings.map(statementsOf))).flat()
  for (const file of [
    'src/till/outcome.ts',
    'src/till/write-probe.ts',
    'src/reconcile/repair.ts',
    'src/tlog/seal.ts',
  ]) {
    statements.push({ table: file, sql: await Bun.file(file).text() })
  }
  expect(mappings.length).toBeGreaterThan(15)
  expect(statements.length).toBeGreaterThan(3 * mappings.length)
  const found = statements.flatMap(({ table, sql }) =>
    unportable.filter(([, what]) => what.test(sql)).map(([where]) => `${table}: ${where}`),
  )
  expect([...new Set(found)]).toEqual(allowed)
})

test('every locking read is inside a transaction, because TiDB takes no lock outside one', async () => {
  const wrong: string[] = []
  for await (const file of new Glob('src/**/*.ts').scan()) {
    const text = await Bun.file(file).text()
    if (/(?:database|db|orm)\.query[^;]{0,200}(?:FOR UPDATE|LOCK IN SHARE MODE)/s.test(text)) wrong.push(file)
  }
  expect(wrong).toEqual([])
})

test('no column has an expression as its default, because TiDB refuses most of them', async () => {
  const wrong: string[] = []
  for await (const file of new Glob('drizzle/*.sql').scan()) {
    if (/DEFAULT \(/i.test(await Bun.file(file).text())) wrong.push(file)
  }
  expect(wrong).toEqual([])
})
