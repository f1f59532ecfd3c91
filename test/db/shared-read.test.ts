import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { int, mysqlTable } from 'drizzle-orm/mysql-core'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { sharedRead } from '../../src/db/shared-read.ts'
import { rowReader } from '../../src/db/shared-rows.ts'
import { createTestDatabase } from '../support/database.ts'
import { type DatabaseProxy, startProxy } from '../support/proxy.ts'
import { until } from '../support/sockets.ts'

let proxy: DatabaseProxy
/** Two replicas: the first one's statements can be heard and kept back. */
let database: Database
let other: Database

beforeAll(async () => {
  const uri = await createTestDatabase(`points_shared_${process.pid}`)
  proxy = await startProxy(uri)
  database = openDatabase({ address: { uri: proxy.url }, poolSize: 4, statementTimeout_ms: 2_000 })
  other = openDatabase({ address: { uri }, poolSize: 4 })
  await other.query('CREATE TABLE jars (jar_id INT PRIMARY KEY, coins INT NOT NULL)')
})
beforeEach(async () => {
  await other.query('DELETE FROM jars')
  await other.query('INSERT INTO jars VALUES ?', [[1, 2, 3, 4, 5].map((jar) => [jar, jar * 10])])
  // Opens connections, whose settings are statements too.
  await Promise.all([1, 2, 3].map(() => database.query('SELECT SLEEP(0.05)')))
})
afterAll(async () => {
  proxy.stop()
  await Promise.all([database.close(), other.close()])
})

const findJar = rowReader(mysqlTable('jars', { jar_id: int().primaryKey(), coins: int().notNull() }), 'jar_id')
const coinsIn = async (jar: number) => (await findJar(database, jar))?.coins

test('those who ask while a statement runs share the next one, and each gets their own row', async () => {
  const heard = proxy.listen()
  const found = await Promise.all([1, 5, 2, 9, 5].map(coinsIn))
  expect(found).toEqual([10, 50, 20, undefined, 50])
  expect(heard.filter((sql) => sql.startsWith('SELECT'))).toEqual([
    'SELECT jars.jar_id, jars.coins FROM jars WHERE jar_id IN (1)',
    'SELECT jars.jar_id, jars.coins FROM jars WHERE jar_id IN (5, 2, 9)',
  ])
})

test('who asks after a commit on another replica sees it, even while an earlier statement is not answered', async () => {
  proxy.withhold()
  const early = coinsIn(1)
  await until(async () => proxy.withheld > 0)
  await other.query('UPDATE jars SET coins = 11 WHERE jar_id = 1')
  const late = coinsIn(1)
  proxy.withhold(false)
  expect(await early).toBe(10)
  expect(await late).toBe(11)
})

test('a slow statement holds nobody up for long', async () => {
  const ended: number[] = []
  const sleep = sharedRead(async (database, seconds: readonly number[]) => {
    await database.query('SELECT SLEEP(?)', [seconds[0]])
    return seconds
  }, 1)
  await Promise.all([1, 0, 0].map(async (seconds) => void ended.push(await sleep(database, seconds))))
  expect(ended).toEqual([0, 0, 1])
})

test('a statement that fails fails those whom it answers, and nobody else', async () => {
  const pick = sharedRead(async (database, names: readonly string[]) => {
    await database.query(`SELECT ${names.join(', ')} FROM jars`)
    return names
  }, 2)
  const asked = ['coins', 'nothing', 'jar_id', 'coins', 'jar_id'].map((name) => pick(database, name))
  const ends = (await Promise.allSettled(asked)).map(({ status }) => status)
  expect(ends).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled', 'fulfilled'])
})
