import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { findMismatches } from '../../src/reconcile/checks.ts'
import { type Balancer, startBalancer } from '../support/balancer.ts'
import { type Client, createClient } from '../support/client.ts'
import { createTestDatabase } from '../support/database.ts'
import { newPhone } from '../support/people.ts'
import { type Program, runCommand, startProgram } from '../support/process.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'
import { closeSockets, openSocket, until } from '../support/sockets.ts'

let databaseUrl: string
let database: Database
let redis: TestRedis
let balancer: Balancer
let client: Client
let replicas: Program[]

beforeAll(async () => {
  databaseUrl = await createTestDatabase(`points_rolling_${process.pid}`)
  database = openDatabase({ address: { uri: databaseUrl }, poolSize: 2 })
  redis = await startRedis()
  balancer = startBalancer()
  replicas = await Promise.all([start(), start()])
  await until(() => balancer.pick() !== undefined)
  client = await createClient(balancer.url)
})
afterAll(async () => {
  await Promise.all(replicas.map(({ kill }) => kill()))
  await balancer.stop()
  await redis.kill()
  await database.close()
})

async function start(): Promise<Program> {
  const settings = { DATABASE_URL: databaseUrl, REDIS_URL: redis.url, SHUTDOWN_GRACE_MS: '300', OCR: 'off' }
  const program = await startProgram({ ...settings, LOG_LEVEL: 'warn' })
  balancer.add(program.url)
  return program
}

/** A diner with a phone, who writes without pause and opens the socket again whenever it closes. */
class Diner {
  readonly refusals: number[] = []
  readonly farewells: number[] = []
  effects = 0
  /** The balance that their screen shows. */
  shown = 0
  writes = 0
  readonly #token: string
  readonly #product: number
  #isWriting = true
  #isWatching = true

  constructor(token: string, product: number) {
    this.#token = token
    this.#product = product
  }

  async write(): Promise<void> {
    while (this.#isWriting) {
      this.writes += 1
      const options = { token: this.#token, idempotencyKey: `write-${this.writes}` }
      const { code, data } =
        this.writes % 3 === 0
          ? await client.post('/api/exchange/submit', { ...options, body: { product_id: this.#product } })
          : await client.post('/api/lottery/draw', { ...options, body: { draw_type: 'single' } })
      if (code === 0) this.effects += (data.points_awarded ?? 0) - (data.total_cost ?? data.total_points)
      else this.refusals.push(code)
    }
  }

  async watch(): Promise<void> {
    while (this.#isWatching) {
      const replica = balancer.pick()
      const socket = replica && (await openSocket(replica, { query: this.#token }).catch(() => undefined))
      if (!socket) await Bun.sleep(20)
      else this.farewells.push(await this.#follow(socket))
    }
  }

  stopWriting(): void {
    this.#isWriting = false
  }

  stopWatching(): void {
    this.#isWatching = false
  }

  async balance(): Promise<number> {
    return (await client.get('/api/user/status', { token: this.#token })).data.total_points
  }

  async #follow(socket: Awaited<ReturnType<typeof openSocket>>): Promise<number> {
    let isClosed = false
    void socket.closed.then(() => {
      isClosed = true
    })
    while (!isClosed) {
      const told = socket.frames.findLast(({ data }) => data.total_points !== undefined)
      if (told) this.shown = told.data.total_points
      await Bun.sleep(10)
    }
    return socket.closed
  }
}

async function newDiners(count: number): Promise<Diner[]> {
  const login = async (phone = newPhone()) =>
    (await client.post('/api/auth/login', { body: { phone, code: '123456' } })).data
  const boss = newPhone()
  await login(boss)
  await runCommand(['merchant', 'grant', boss], { DATABASE_URL: databaseUrl })
  const { access_token: token } = await login(boss)
  const body = { name: '可乐', category: '饮料', exchange_points: 10, stock: 1_000_000 }
  const product = (await client.post('/api/merchant/products', { token, body })).data.product_id
  return Promise.all(
    Array.from({ length: count }, async () => {
      const { access_token, user_info } = await login()
      const gift = { points: 99_000, reason: 'test' }
      await client.post(`/api/merchant/users/${user_info.user_id}/points`, { token, body: gift })
      return new Diner(access_token, product)
    }),
  )
}

test('a rolling restart under load fails no write, and in the end every screen is right', async () => {
  const diners = await newDiners(6)
  const work = diners.map((diner) => diner.write())
  const watching = diners.map((diner) => diner.watch())
  for (const [index, replica] of replicas.entries()) {
    await Bun.sleep(300)
    expect(await replica.kill('SIGTERM')).toBe(0)
    balancer.remove(replica.url)
    const successor = await start()
    replicas[index] = successor
    await until(async () => (await fetch(`${successor.url}/health/ready`)).ok)
  }
  await Bun.sleep(300)
  for (const diner of diners) diner.stopWriting()
  await Promise.all(work)

  expect(balancer.failed).toEqual([])
  for (const diner of diners) {
    expect(diner.refusals).toEqual([])
    expect(await diner.balance()).toBe(100_000 + diner.effects)
    await until(async () => diner.shown === 100_000 + diner.effects)
    expect(diner.farewells.filter((code) => code !== 1001)).toEqual([])
  }
  expect(diners.reduce((sum, { writes }) => sum + writes, 0)).toBeGreaterThan(100)
  expect(diners.reduce((sum, { farewells }) => sum + farewells.length, 0)).toBeGreaterThanOrEqual(6)
  for (const diner of diners) diner.stopWatching()
  closeSockets()
  await Promise.all(watching)
  expect(await findMismatches(database)).toEqual([])
})
