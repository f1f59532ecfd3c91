import { int, mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import { Refusal } from '../../src/contract/refusals.ts'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { migrate } from '../../src/db/migrate.ts'
import type { Operation } from '../../src/till/operation.ts'
import type { BatchReport, TillOptions } from '../../src/till/options.ts'
import { mapTable, rows } from '../../src/till/table-mapping.ts'
import { createTill, type Till } from '../../src/till/till.ts'
import { createTestDatabase } from './database.ts'

export const jarsTable = mysqlTable('toy_jars', { jar_id: int().autoincrement().primaryKey(), coins: int().notNull() })
const notesTable = mysqlTable('toy_notes', {
  note_id: int().autoincrement().primaryKey(),
  jar_id: int().notNull(),
  coins: int().notNull(),
  name: varchar({ length: 40 }).notNull(),
})

/** Jars of coins: toy rows for the tests of the till. */
export const jars = mapTable(jarsTable, { rank: 1, key: ['jar_id'], lock: 'update', updates: ['coins'] })
const notes = mapTable(notesTable, { rank: 2, key: ['note_id'], lock: 'none', updates: [] })

export interface Drop {
  jar: number
  coins: number
  /** Unique over all notes. A name of more than 40 characters does not fit its column. */
  name: string
  /** Called inside the decision. */
  meanwhile?: () => void
}

/** Puts coins into a jar, or takes them, and leaves a note. It refuses to go below zero only after it changed both. */
export const drop: Operation<Drop, { coins: number }, string> = {
  name: 'drop',
  laneKey: ({ jar }) => jar,
  needs: ({ jar }) => [rows(jars, jar)],
  decide(unit, { jar, coins, name, meanwhile }) {
    const row = unit.get(jars, [jar])
    unit.update(jars, row, { coins: row.coins + coins })
    unit.append(notes, { jar_id: jar, coins, name })
    unit.announce(name)
    meanwhile?.()
    if (row.coins < 0) throw new Refusal(4003)
    return { coins: row.coins }
  },
}

/** Moves coins between two jars named in any order. */
export const move: Operation<{ from: number; to: number; coins: number; name: string }, { coins: number }, string> = {
  name: 'move',
  laneKey: ({ from }) => from,
  needs: ({ from, to }) => [rows(jars, from), rows(jars, to)],
  decide(unit, { from, to, coins, name }) {
    const [source, target] = [unit.get(jars, [from]), unit.get(jars, [to])]
    if (source.coins < coins) throw new Refusal(4003)
    unit.update(jars, source, { coins: source.coins - coins })
    unit.update(jars, target, { coins: target.coins + coins })
    unit.append(notes, { jar_id: from, coins: -coins, name: `${name}-` })
    unit.append(notes, { jar_id: to, coins, name: `${name}+` })
    return { coins: source.coins }
  },
}

/** Makes a jar, and keeps it if `keep` is true. */
export const make: Operation<{ coins: number; keep: boolean }, { jar: number }, string> = {
  name: 'make',
  laneKey: () => 'maker',
  needs: () => [{ mapping: jars, fresh: { coins: 0 } }],
  decide(unit, { coins, keep }) {
    if (!keep) return { jar: 0 }
    const jar = unit.keepFresh(jars)
    unit.update(jars, jar, { coins })
    unit.append(notes, { jar_id: jar.jar_id, coins, name: `made ${jar.jar_id}` })
    return { jar: jar.jar_id }
  },
}

export interface ToyTill {
  till: Till<string>
  database: Database
  /** What was announced, in order. */
  heard: string[]
  reports: BatchReport[]
  close(): Promise<void>
}

/** Makes a migrated database with the toy tables. Returns its URL. */
export async function createToyDatabase(): Promise<string> {
  const url = await createTestDatabase(`points_toys_${process.pid}`)
  await createToyTables(url)
  return url
}

export async function createToyTables(url: string): Promise<void> {
  const database = openDatabase({ address: { uri: url }, poolSize: 2 })
  await migrate(database)
  await database.query(
    'CREATE TABLE toy_jars (jar_id INT AUTO_INCREMENT PRIMARY KEY, coins INT NOT NULL, CHECK (coins >= 0)) ENGINE=InnoDB',
  )
  await database.query(
    `CREATE TABLE toy_notes (note_id INT AUTO_INCREMENT PRIMARY KEY, jar_id INT NOT NULL, coins INT NOT NULL,
       name VARCHAR(40) NOT NULL UNIQUE) ENGINE=InnoDB`,
  )
  await database.close()
}

/** Resets the toy tables to ten jars with 100 coins each. */
export async function resetToys(url: string): Promise<void> {
  const database = openDatabase({ address: { uri: url }, poolSize: 2 })
  for (const table of ['toy_jars', 'toy_notes', 'idempotency_keys', 'till_lanes', 'log_entries']) {
    await database.query(`DELETE FROM ${table}`)
  }
  const ten = Array.from({ length: 10 }, (_, index) => [index + 1, 100])
  await database.query('INSERT INTO toy_jars (jar_id, coins) VALUES ?', [ten])
  await database.close()
}

/** Opens a till on the toy database. */
export function openToyTill(url: string, options: Partial<TillOptions<string>> = {}): ToyTill {
  const database = openDatabase({ address: { uri: url }, poolSize: 6, statementTimeout_ms: 4_000 })
  const heard: string[] = []
  const reports: BatchReport[] = []
  const till = createTill<string>({
    database,
    lanes: 2,
    batchSize: 256,
    queueLimit: 4_096,
    publish: (announcements) => heard.push(...announcements),
    report: (report) => reports.push(report),
    ...options,
  })
  const close = async () => {
    await till.close()
    await database.close()
  }
  return { till, database, heard, reports, close }
}

/** Jars whose coins don't equal the 100 they began with plus the sum of their notes. */
export function brokenJars(database: Database): Promise<unknown[]> {
  return database.query(
    `SELECT j.jar_id, j.coins, COALESCE(SUM(n.coins), 0) AS noted FROM toy_jars j
       LEFT JOIN toy_notes n ON n.jar_id = j.jar_id GROUP BY j.jar_id, j.coins
     HAVING j.coins <> noted + IF(j.jar_id <= 10, 100, 0)`,
  )
}
