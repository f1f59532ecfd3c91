import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { CommitUnknown } from '../../src/db/errors.ts'
import { type Transaction, transact } from '../../src/db/transact.ts'
import { createTestDatabase } from '../support/database.ts'
import { type DatabaseProxy, startProxy } from '../support/proxy.ts'

let proxy: DatabaseProxy
/** Through the proxy, which carries no long packets. */
let database: Database
let direct: Database

beforeAll(async () => {
  const uri = await createTestDatabase(`points_transact_${process.pid}`)
  proxy = await startProxy(uri)
  direct = openDatabase({ address: { uri }, poolSize: 2 })
  database = openDatabase({ address: { uri: proxy.url }, poolSize: 2 })
  await database.query('CREATE TABLE things (name VARCHAR(20) PRIMARY KEY, text MEDIUMTEXT) ENGINE=InnoDB')
})
beforeEach(() => database.query('DELETE FROM things'))
afterAll(async () => {
  await Promise.all([database.close(), direct.close()])
  proxy.stop()
})

const insert = (tx: Transaction, name: string, text = '') =>
  tx.later('INSERT INTO things (name, text) VALUES (?, ?)', [name, text])
const names = async () =>
  (await database.query<{ name: string }>('SELECT name FROM things ORDER BY name')).map(({ name }) => name)
const failureOf = (work: (tx: Transaction) => Promise<void>, on = database) =>
  transact(on, work).catch((error) => error)

test('statements run in the order in which they are given, and what needs no answer waits for the next one', async () => {
  const heard = proxy.listen()
  await transact(database, async (tx) => {
    insert(tx, 'a')
    const [before, written] = await Promise.all([
      tx.query<{ n: number }>('SELECT COUNT(*) AS n FROM things'),
      tx.write("UPDATE things SET name = 'b'"),
    ])
    expect([Number(before[0]?.n), written.affectedRows]).toEqual([1, 1])
    insert(tx, 'c')
  })
  const said = heard.map((sql) => sql.split(' ', 1)[0]).filter((word) => word !== 'SET' && word !== 'SHOW')
  expect(said).toEqual(['START', 'INSERT', 'SELECT', 'UPDATE', 'INSERT', 'COMMIT'])
  expect(await names()).toEqual(['b', 'c'])
})

test('a statement that fails beside COMMIT is a failure, and not a COMMIT of unknown outcome', async () => {
  const failure = await failureOf(async (tx) => {
    insert(tx, 'a')
    insert(tx, 'a')
    insert(tx, 'b')
  })
  expect([failure instanceof CommitUnknown, failure.errno]).toEqual([false, 1062])
  expect(await names()).toEqual([])
})

test('a COMMIT that fails after its statements is of unknown outcome', async () => {
  proxy.strike({ fails: 1180, happens: true })
  const failure = await failureOf(async (tx) => insert(tx, 'a'))
  expect(failure).toBeInstanceOf(CommitUnknown)
  expect(await names()).toEqual(['a'])
})

test('a transaction that is longer than one packet is sent in several, and is still one', async () => {
  const long = 'x'.repeat(700_000)
  await transact(direct, async (tx) => {
    for (const name of ['a', 'b', 'c']) insert(tx, name, long)
  })
  expect(await names()).toEqual(['a', 'b', 'c'])
  const failure = await failureOf(async (tx) => {
    for (const name of ['d', 'e', 'a', 'f']) insert(tx, name, long)
  }, direct)
  expect(failure.errno).toBe(1062)
  expect(await names()).toEqual(['a', 'b', 'c'])
})

test('nothing is sent after a statement that failed, nor after the end', async () => {
  let kept: Transaction | undefined
  const failure = await failureOf(async (tx) => {
    kept = tx
    await tx.write('INSERT INTO nowhere VALUES (1)').catch(() => {})
    await tx.write("INSERT INTO things (name) VALUES ('a')")
  })
  expect(failure.errno).toBe(1146)
  await expect(kept?.write("INSERT INTO things (name) VALUES ('b')")).rejects.toThrow()
  await failureOf(async (tx) => {
    await tx.write('INSERT INTO nowhere VALUES (1)').catch(() => {})
    insert(tx, 'c')
  })
  expect(await names()).toEqual([])
})

test('only transactions may send several statements at once', async () => {
  await expect(database.query("DELETE FROM things; INSERT INTO things (name) VALUES ('a')")).rejects.toMatchObject({
    errno: 1064,
  })
})
