import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { Glob } from 'bun'
import { is } from 'drizzle-orm'
import { getTableConfig, MySqlTable } from 'drizzle-orm/mysql-core'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { migrate } from '../../src/db/migrate.ts'
import { migrations } from '../../src/db/migrations.ts'
import { createTestDatabase } from '../support/database.ts'

let url: string
let database: Database
const another = () => openDatabase({ address: { uri: url }, poolSize: 2 })

beforeEach(async () => {
  url = await createTestDatabase(`points_migrate_${process.pid}`)
  database = another()
})
afterEach(() => database.close())

const schemas = await Promise.all([...new Glob('src/*/schema.ts').scanSync()].map((path) => import(`../../${path}`)))
const programTables = schemas
  .flatMap((schema) => Object.values(schema))
  .filter((value) => is(value, MySqlTable))
  .map((table) => getTableConfig(table as MySqlTable))
const names = migrations.map(({ name }) => name)

describe('migrations', () => {
  test('migrations are applied once, in order', async () => {
    expect(await migrate(database)).toEqual(names)
    expect(await migrate(database)).toEqual([])
  })

  test('migrations are applied once when three replicas start together', async () => {
    const three = [database, another(), another()]
    const applied = await Promise.all(three.map((replica) => migrate(replica)))
    expect(applied.flat()).toEqual(names)
    await Promise.all(three.slice(1).map((replica) => replica.close()))
  })

  test('a migration that was cut off before it recorded a statement goes on at that statement', async () => {
    const steps = [1, 2, 3].map((n) => `CREATE TABLE step_${n} (id INT PRIMARY KEY) ENGINE=InnoDB`)
    const steady = { name: 'steps', sql: steps.join('--> statement-breakpoint') }
    await migrate(database, [])
    await database.query('CREATE TABLE migrations_probe (id INT)')
    await migrate(database, [{ ...steady, sql: steps.slice(0, 1).join('') }])
    await database.query('UPDATE migrations SET finished_at = NULL, statements_done = 1')
    await database.query(steps[1] as string)
    expect(await migrate(database, [steady])).toEqual(['steps'])
    expect(await database.query("SHOW TABLES LIKE 'step\\_%'")).toHaveLength(3)
  })

  test('a migration goes on after each statement that took effect but was not recorded', async () => {
    await migrate(database)
    for (const { name, sql } of migrations) {
      const statements = sql.split('--> statement-breakpoint')
      for (const index of statements.keys()) {
        const upToHere = { name, sql: statements.slice(0, index + 1).join('--> statement-breakpoint') }
        await database.query('UPDATE migrations SET finished_at = NULL, statements_done = ? WHERE name = ?', [
          index,
          name,
        ])
        expect(await migrate(database, [upToHere])).toEqual([name])
      }
    }
  })

  test('a migration waits for a transaction that uses its table, and makes no other query wait for long', async () => {
    await migrate(database)
    const reader = await database.acquire()
    await reader.query('START TRANSACTION')
    await reader.query('SELECT * FROM products')
    const change = { name: 'waits', sql: 'ALTER TABLE products ADD COLUMN later INT' }
    const newer = another()
    const changed = migrate(newer, [...migrations, change])
    await Bun.sleep(500)
    const asked = performance.now()
    await database.query('SELECT * FROM products')
    expect(performance.now() - asked).toBeLessThan(6_000)
    await reader.query('COMMIT')
    reader.release()
    expect(await changed).toEqual(['waits'])
    await newer.close()
  }, 30_000)

  test('a migration that fails reports the error, and can be resumed', async () => {
    const broken = {
      name: 'broken',
      sql: 'CREATE TABLE fine (id INT PRIMARY KEY)--> statement-breakpointCREATE NONSENSE',
    }
    await expect(migrate(database, [broken])).rejects.toThrow('syntax')
    await migrate(database, [broken]).catch(() => {})
    const [row] = await database.query('SELECT statements_done, finished_at FROM migrations')
    expect(row).toEqual({ statements_done: 1, finished_at: null })
  })
})

test('whoever was a merchant is a manager after the upgrade', async () => {
  const before = migrations.findIndex(({ name }) => name.endsWith('_add_staff_roles'))
  await migrate(database, migrations.slice(0, before))
  await database.query("INSERT INTO users (mobile, is_merchant) VALUES ('13800138001', 1), ('13800138002', 0)")
  await migrate(database)
  const staff = await database.query('SELECT user_id, role, granted_by, revoked_at FROM staff')
  expect(staff).toEqual([{ user_id: 1, role: 'manager', granted_by: null, revoked_at: null }])
})

describe('the tables', () => {
  test('the tables are InnoDB and utf8mb4_unicode_ci, whatever the database’s default is', async () => {
    await database.query('ALTER DATABASE CHARACTER SET latin1 COLLATE latin1_swedish_ci')
    await migrate(database)
    const odd = await database.query(
      `SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()
         AND (engine <> 'InnoDB' OR table_collation <> 'utf8mb4_unicode_ci')`,
    )
    expect(odd).toEqual([])
    const columns = await database.query(
      `SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE()
         AND character_set_name NOT IN ('utf8mb4', 'ascii')`,
    )
    expect(columns).toEqual([])
  })

  test('the tables of the contract exist, and none is near the limit of 64 indexes', async () => {
    await migrate(database)
    const tables = await database.query<{ name: string; indexes: number }>(
      `SELECT t.table_name AS name, COUNT(DISTINCT s.index_name) AS indexes FROM information_schema.tables t
         JOIN information_schema.statistics s ON s.table_name = t.table_name AND s.table_schema = t.table_schema
        WHERE t.table_schema = DATABASE() GROUP BY t.table_name`,
    )
    const contract =
      'users lottery_prizes products upload_reviews points_records lottery_records lottery_pity exchange_records vouchers stock_movements sessions sms_codes idempotency_keys audit_log job_runs staff'
    for (const name of contract.split(' ')) expect(tables.map((table) => table.name)).toContain(name)
    for (const { indexes } of tables) expect(Number(indexes)).toBeLessThan(12)
  })

  test('the tables have the columns and the indexes that the program expects', async () => {
    await migrate(database)
    const rows = await database.query<{ t: string; what: string }>(
      `SELECT table_name AS t, column_name AS what FROM information_schema.columns WHERE table_schema = DATABASE()
        UNION SELECT table_name, index_name FROM information_schema.statistics WHERE table_schema = DATABASE()`,
    )
    const found = new Map<string, Set<string>>()
    for (const { t, what } of rows) found.set(t, (found.get(t) ?? new Set()).add(what))
    expect(programTables.length).toBeGreaterThan(15)
    for (const { name, columns, indexes, uniqueConstraints } of programTables) {
      const wanted = [...columns, ...uniqueConstraints, ...indexes.map(({ config }) => config)].map((part) => part.name)
      const missing = wanted.filter((part) => part !== undefined && !found.get(name)?.has(part))
      expect([name, missing]).toEqual([name, []])
    }
  })
})
