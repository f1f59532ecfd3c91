import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { findMismatches } from '../../src/reconcile/checks.ts'
import { type Client, createClient } from '../support/client.ts'
import { parallelCopies } from '../support/copies.ts'
import { createTestDatabase } from '../support/database.ts'
import { newPhone } from '../support/people.ts'
import { type Program, runCommand, startProgram } from '../support/process.ts'

let databaseUrl: string
let database: Database
let replicas: Program[]
let clients: Client[]

beforeAll(async () => {
  databaseUrl = await createTestDatabase(`points_replicas_${process.pid}`)
  database = openDatabase({ address: { uri: databaseUrl }, poolSize: 4 })
})
beforeEach(async () => {
  replicas = await Promise.all([start(), start()])
  clients = await Promise.all(replicas.map(({ url }) => createClient(url)))
  // Replicas that seed together leave gaps between the ids.
  const [product] = await database.query<{ id: number }>(
    'SELECT commodity_id AS id FROM products ORDER BY exchange_points LIMIT 1',
  )
  cheapest = product?.id ?? 0
  await database.query('UPDATE products SET stock = 50')
  await database.query('DELETE FROM stock_movements WHERE related_id LIKE ?', ['SEED%'])
  await database.query(
    `INSERT INTO stock_movements (commodity_id, quantity_change, operation, related_id, created_at)
     SELECT commodity_id, 50 - (SELECT COALESCE(SUM(quantity_change), 0) FROM stock_movements m WHERE m.commodity_id = p.commodity_id),
            'restock', CONCAT('SEED_', commodity_id), UTC_TIMESTAMP(3) FROM products p
      WHERE 50 <> (SELECT COALESCE(SUM(quantity_change), 0) FROM stock_movements m WHERE m.commodity_id = p.commodity_id)`,
  )
})
afterAll(() => database.close())

const start = () => startProgram({ DATABASE_URL: databaseUrl, LOG_LEVEL: 'silent' })
const client = (index: number) => clients[index % clients.length] as Client
let cheapest = 0

async function login(index: number): Promise<string> {
  const { data } = await client(index).post('/api/auth/login', { body: { phone: newPhone(), code: '123456' } })
  return data.access_token
}

async function richLogin(): Promise<string> {
  const phone = newPhone()
  const { data } = await client(0).post('/api/auth/login', { body: { phone, code: '123456' } })
  await runCommand(['points', phone, '+100000', '--reason', 'test'], { DATABASE_URL: databaseUrl })
  return data.access_token
}

async function settled(): Promise<void> {
  expect(await findMismatches(database)).toEqual([])
  await Promise.all(replicas.map(({ kill }) => kill()))
}

describe('two processes on one database', () => {
  test('two processes sell exactly 50 of 50 to 120 parallel buyers', async () => {
    const tokens = await Promise.all(Array.from({ length: 120 }, (_, i) => login(i)))
    const answers = await Promise.all(
      tokens.map((token, i) => client(i + 1).post('/api/exchange/submit', { token, body: { product_id: cheapest } })),
    )
    expect(answers.filter(({ code }) => code === 0)).toHaveLength(50)
    expect(answers.filter(({ code }) => code === 4004)).toHaveLength(70)
    await settled()
  })

  test('two processes never overdraw one user, and 20 copies of one key have one effect', async () => {
    const token = await login(0)
    const draws = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        client(i).post('/api/lottery/draw', { token, body: { draw_type: 'single' } }),
      ),
    )
    expect(draws.every(({ code }) => code === 0 || code === 3002)).toBe(true)
    await parallelCopies((i) => client(i).post('/api/user/check-in', { token, idempotencyKey: 'one' }))
    await settled()
  })

  test('two processes make one account for one phone', async () => {
    const phone = newPhone()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => client(i).post('/api/auth/login', { body: { phone, code: '123456' } })),
    )
    expect(new Set(answers.map(({ data }) => data.user_info.user_id)).size).toBe(1)
    expect(answers.filter(({ data }) => data.is_new_user)).toHaveLength(1)
    await settled()
  })
})

test('repeated SIGKILL under load loses nothing that was acknowledged and breaks no invariant', async () => {
  const token = await richLogin()
  const acknowledged: { id: string; key: string }[] = []
  const unanswered: string[] = []
  for (let round = 0; round < 6; round += 1) {
    const victim = round % 2
    const load = Array.from({ length: 60 }, async (_, i) => {
      const key = `r${round}-${i}`
      const call = i % 2 ? orderWith(client(i), token, key) : drawWith(client(i), token, key)
      await call.then(
        (id) => (id ? acknowledged.push({ id, key }) : undefined),
        () => unanswered.push(key),
      )
    })
    await Bun.sleep(20 + round * 12)
    await replicas[victim]?.kill('SIGKILL')
    await Promise.all(load)
    replicas[victim] = await start()
    clients[victim] = await createClient(replicas[victim].url)
    expect(await findMismatches(database)).toEqual([])
  }
  const ids = await database.query<{ id: string }>(
    'SELECT DISTINCT draw_id AS id FROM lottery_records UNION SELECT exchange_id FROM exchange_records',
  )
  const kept = new Set(ids.map(({ id }) => id))
  expect(acknowledged.filter(({ id }) => !kept.has(id))).toEqual([])
  expect(acknowledged.length).toBeGreaterThan(20)
  // A request that got no answer is sent again with its key: in all it takes effect once.
  for (const key of unanswered) {
    const ask = () => (Number(key.split('-')[1]) % 2 ? orderWith : drawWith)(client(0), token, key)
    expect(await ask()).toEqual(await ask())
  }
  await settled()
})

async function drawWith(at: Client, token: string, idempotencyKey: string): Promise<string | undefined> {
  const { data, code } = await at.post('/api/lottery/draw', { token, body: { draw_type: 'single' }, idempotencyKey })
  return code === 0 ? data.draw_id : undefined
}

async function orderWith(at: Client, token: string, idempotencyKey: string): Promise<string | undefined> {
  const { data, code } = await at.post('/api/exchange/submit', {
    token,
    body: { product_id: cheapest },
    idempotencyKey,
  })
  return code === 0 ? data.exchange_id : undefined
}
