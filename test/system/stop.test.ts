import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { findMismatches } from '../../src/reconcile/checks.ts'
import { type Client, createClient } from '../support/client.ts'
import { createTestDatabase } from '../support/database.ts'
import { requestsUnderWay } from '../support/figures.ts'
import { newPhone } from '../support/people.ts'
import { type Program, type Settings, startProgram } from '../support/process.ts'
import { type DatabaseProxy, startProxy } from '../support/proxy.ts'
import { closeSockets, connectAs, until } from '../support/sockets.ts'

let databaseUrl: string
let database: Database
let proxy: DatabaseProxy

beforeAll(async () => {
  databaseUrl = await createTestDatabase(`points_stop_${process.pid}`)
  database = openDatabase({ address: { uri: databaseUrl }, poolSize: 3 })
  proxy = await startProxy(databaseUrl)
})
afterEach(closeSockets)
afterAll(async () => {
  proxy.stop()
  await database.close()
})

const statementLimit_ms = 10_000
const graceOfProduction_ms = 10_000 / 3

interface Standing {
  program: Program
  client: Client
  token: string
  userId: number
}

/** Starts a program whose database is behind the proxy, and signs someone in. */
async function standing(settings: Settings): Promise<Standing> {
  const program = await startProgram({ DATABASE_URL: proxy.url, JOBS: 'off', OCR: 'off', ...settings })
  const client = await createClient(program.url)
  const { data } = await client.post('/api/auth/login', { body: { phone: newPhone(), code: '123456' } })
  return { program, client, token: data.access_token, userId: data.user_info.user_id }
}

const spin = ({ client, token }: Standing) => client.post('/api/lottery/draw', { token, body: { draw_type: 'single' } })
const statusOf = async (url: string) => {
  const response = await fetch(url)
  return [response.status, ((await response.json()) as { status: string }).status]
}

/** Locks the user's row, so that a draw waits. Returns a function that releases it. */
async function hold(userId: number): Promise<() => Promise<void>> {
  const connection = await database.acquire()
  await connection.query('START TRANSACTION')
  await connection.query('SELECT * FROM users WHERE user_id = ? FOR UPDATE', [userId])
  return async () => {
    await connection.query('COMMIT')
    connection.release()
  }
}

describe('a stop', () => {
  test('a stop turns balancers away, answers what was taken, closes sockets after the last push, and exits 0', async () => {
    const service = await standing({ SHUTDOWN_GRACE_MS: '2000' })
    const { program, client, token, userId } = service
    const socket = await connectAs(program.url, { token })
    expect(await statusOf(`${program.url}/health/ready`)).toEqual([200, 'ready'])
    expect(await statusOf(`${program.url}/health/open`)).toEqual([200, 'open'])
    const letGo = await hold(userId)
    const draw = spin(service)
    await requestsUnderWay(program.url, 1)
    const exit = program.kill('SIGTERM')
    await until(async () => (await fetch(`${program.url}/health/ready`)).status === 503)
    expect(await statusOf(`${program.url}/health/ready`)).toEqual([503, 'stopping'])
    expect(await statusOf(`${program.url}/health/open`)).toEqual([503, 'stopping'])
    expect(await statusOf(`${program.url}/health`)).toEqual([503, 'unhealthy'])
    expect(await statusOf(`${program.url}/health/live`)).toEqual([200, 'live'])
    const taken = await client.get('/api/lottery/config', { token })
    expect([taken.code, taken.headers.get('Connection')]).toEqual([0, 'close'])
    await until(() =>
      fetch(`${program.url}/health/live`).then(
        () => false,
        () => true,
      ),
    )
    expect(socket.of('points_update')).toEqual([])
    await letGo()
    const { code, data, headers } = await draw
    expect([code, headers.get('Connection')]).toEqual([0, 'close'])
    expect(await socket.closed).toBe(1001)
    expect(socket.of('points_update').at(-1)?.data.total_points).toBe(data.remaining_points)
    expect(await exit).toBe(0)
    expect(program.output()).not.toContain('Not ended')
    expect(await findMismatches(database)).toEqual([])
  })

  test('a stop without a grace period ends at once', async () => {
    const { program } = await standing({})
    const startedAt = performance.now()
    expect(await program.kill('SIGINT')).toBe(0)
    expect(performance.now() - startedAt).toBeLessThan(graceOfProduction_ms)
  })

  test('a stop lets a running job end and be recorded', async () => {
    await database.query(
      `INSERT INTO idempotency_keys (owner, idem_key, operation, fingerprint, answer, created_at)
       VALUES ('nobody', 'old', 'x', 'x', '{}', UTC_TIMESTAMP(3) - INTERVAL 9 DAY)`,
    )
    const connection = await database.acquire()
    await connection.query('START TRANSACTION')
    await connection.query("SELECT * FROM idempotency_keys WHERE owner = 'nobody' FOR UPDATE")
    const program = await startProgram({ DATABASE_URL: databaseUrl, OCR: 'off' })
    const runs = () =>
      database.query<{ ended_at: Date | null }>("SELECT ended_at, rows_done, error FROM job_runs WHERE job = 'purge'")
    await until(async () => (await runs()).length === 1)
    const exit = program.kill('SIGTERM')
    await Bun.sleep(200)
    expect(await runs()).toMatchObject([{ ended_at: null }])
    await connection.query('COMMIT')
    connection.release()
    expect(await exit).toBe(0)
    expect(await runs()).toMatchObject([{ ended_at: expect.any(Date), rows_done: 1, error: null }])
    expect(await database.query('SELECT name FROM leases WHERE until > UTC_TIMESTAMP(3)')).toEqual([])
  })

  test('a stop without an answer of the database ends within SHUTDOWN_MS, exits 1, and says what hung', async () => {
    const service = await standing({ SHUTDOWN_MS: '1500' })
    const { program, token } = service
    const socket = await connectAs(program.url, { token })
    proxy.strike('hold')
    const draw = spin(service).catch((error: Error) => error)
    await until(() => proxy.struck > 0)
    const startedAt = performance.now()
    expect(await program.kill('SIGTERM')).toBe(1)
    // Otherwise the time limit of a statement would have ended it.
    expect(performance.now() - startedAt).toBeLessThan(statementLimit_ms / 2)
    expect(program.output()).toMatch(/Not ended within SHUTDOWN_MS: requests \(1 unanswered\), till \(/)
    expect(await socket.closed).toBe(1001)
    expect(await draw).toBeInstanceOf(Error)
    proxy.strike('pass')
    await Bun.sleep(100)
    expect(await findMismatches(database)).toEqual([])
  })

  test('a second signal ends the process at once, with the signal’s number', async () => {
    const endOf = async (signal: 'SIGINT' | 'SIGTERM') => {
      const service = await standing({ SHUTDOWN_MS: '30000' })
      const letGo = await hold(service.userId)
      const draw = spin(service).catch((error: Error) => error)
      await requestsUnderWay(service.program.url, 1)
      const first = service.program.kill('SIGTERM')
      await until(() => service.program.output().includes('Stopping'))
      const code = await service.program.kill(signal)
      await Promise.all([first, draw, letGo()])
      return code
    }
    expect(await Promise.all([endOf('SIGINT'), endOf('SIGTERM')])).toEqual([130, 143])
    expect(await findMismatches(database)).toEqual([])
  })

  test('a second signal ends the process at once, even during the start', async () => {
    const silent = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
    const asked = Promise.withResolvers<void>()
    silent.reload({ socket: { data() {}, open: () => asked.resolve() } })
    const { PATH = '' } = process.env
    const env = { PATH, DATABASE_URL: `mysql://x:y@127.0.0.1:${silent.port}/z`, JWT_SECRET: 'x'.repeat(32) }
    const main = join(import.meta.dir, '../../src/main.ts')
    const child = Bun.spawn([process.execPath, main, 'serve'], { env, stdio: ['ignore', 'ignore', 'ignore'] })
    await asked.promise
    child.kill('SIGTERM')
    await Bun.sleep(100)
    expect(child.exitCode).toBeNull()
    child.kill('SIGTERM')
    expect(await child.exited).toBe(143)
    silent.stop(true)
  })
})
