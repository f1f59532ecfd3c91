import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningServer, startServer } from '../../src/server.ts'
import { type Client, createClient } from '../support/client.ts'
import { givePoints, newProduct, type Person, signIn } from '../support/people.ts'
import { testConfig, useService } from '../support/service.ts'

const service = useService()
const dataDir = mkdtempSync(join(tmpdir(), 'restaurant-points-reads-'))
let replica: RunningServer
let client: Client

beforeAll(async () => {
  replica = await startServer(testConfig(service.databaseUrl, { DATA_DIR: dataDir }), () => {}, service.clock)
  client = await createClient(replica.url)
})
afterAll(async () => {
  await replica.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const lists = ['/api/user/points/records', '/api/lottery/records', '/api/exchange/orders', '/api/user/vouchers']

/** Signs people in and lets each of them draw and buy, one more often than the other. */
async function busyPeople(count: number): Promise<Person[]> {
  const product_id = await newProduct(service, 1_000, { exchange_points: 1 })
  const people = await Promise.all(Array.from({ length: count }, () => signIn(service)))
  for (const [index, person] of people.entries()) {
    await givePoints(service, person, 10_000 + index)
    for (let n = 0; n <= index % 4; n += 1) {
      await service.client.post('/api/lottery/draw', { token: person.token, body: { draw_type: 'quintuple' } })
      await service.client.post('/api/exchange/submit', { token: person.token, body: { product_id } })
    }
  }
  return people
}

test('lists that many people read at the same time are the same as those that each reads alone', async () => {
  const people = await busyPeople(12)
  for (const path of [...lists, ...lists.map((list) => `${list}?page=2&limit=2`)]) {
    const read = async ({ token }: Person) => (await client.get(path, { token })).data
    const together = await Promise.all(people.map(read))
    const alone = []
    for (const person of people) alone.push(await read(person))
    expect(together).toEqual(alone)
  }
}, 60_000)

test('every page of a list counts the same rows, also one that is full and one beyond the end', async () => {
  const [person] = (await busyPeople(1)) as [Person]
  for (const list of lists) {
    const read = async (query: string) => (await client.get(`${list}?${query}`, { token: person.token })).data
    const { total } = (await read('limit=100')).pagination
    expect(total).toBeGreaterThan(0)
    const pages = [
      `limit=${total}`,
      `limit=1&page=${total}`,
      'limit=1',
      'limit=100&page=2',
      `limit=1&page=${total + 1}`,
    ]
    for (const page of pages) expect([list, page, (await read(page)).pagination.total]).toEqual([list, page, total])
  }
}, 60_000)

test('what one replica has acknowledged, a read that begins afterwards on another one sees, among many readers', async () => {
  const [writer, ...readers] = (await Promise.all(Array.from({ length: 9 }, () => signIn(service)))) as [
    Person,
    ...Person[],
  ]
  const see = async ({ token }: Person) => {
    const [info, records] = await Promise.all([
      client.get('/api/user/info', { token }),
      client.get('/api/user/points/records', { token }),
    ])
    return {
      balance: info.data.user_info.total_points,
      rows: records.data.pagination.total,
      top: records.data.records[0].points,
    }
  }
  let isOver = false
  const crowd = readers.map(async (reader) => {
    while (!isOver) await see(reader)
  })
  for (let n = 1; n <= 40; n += 1) {
    await givePoints(service, writer, n)
    expect(await see(writer)).toEqual({ balance: 1_000 + (n * (n + 1)) / 2, rows: n + 1, top: n })
  }
  isOver = true
  await Promise.all(crowd)
}, 60_000)

test('the pity counter of a draw on one replica is in the wheel that another one shows afterwards', async () => {
  const [{ token }] = (await busyPeople(1)) as [Person]
  for (let n = 0; n < 5; n += 1) {
    const drawn = await service.client.post('/api/lottery/draw', { token, body: { draw_type: 'single' } })
    const { user_pity, draws_today } = (await client.get('/api/lottery/config', { token })).data
    expect({ user_pity, draws_today }).toEqual({ user_pity: drawn.data.user_pity, draws_today: drawn.data.draws_today })
  }
}, 60_000)
