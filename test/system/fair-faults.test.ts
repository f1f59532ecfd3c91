import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { $ } from 'bun'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { findEveryMismatch } from '../../src/reconcile/every-check.ts'
import type { Receipt } from '../../src/verifier/documents.ts'
import { verify } from '../../src/verifier/verify.ts'
import { startAlertDesk } from '../support/alert-desk.ts'
import { type Client, createClient } from '../support/client.ts'
import { createTestDatabase } from '../support/database.ts'
import { failedChecks, fairSettings } from '../support/drawing.ts'
import { type Crowd, gatherCrowd } from '../support/fair-crowd.ts'
import { type Program, runCommand, type Settings, startProgram } from '../support/process.ts'
import { type DatabaseProxy, startProxy } from '../support/proxy.ts'
import { until } from '../support/sockets.ts'

const { settings: fair, chain } = fairSettings()
const dir = mkdtempSync(join(tmpdir(), 'points-faults-'))
const desk = startAlertDesk()
let databaseUrl: string
let database: Database
let proxy: DatabaseProxy
let replicas: Program[]
let clients: Client[]
let crowd: Crowd

const settings = (more: Settings = {}): Settings => ({
  ...{ ...fair, DATABASE_URL: databaseUrl, LOG_LEVEL: 'silent', OCR: 'off', ALERT_WEBHOOK: desk.url },
  ...more,
})
const start = (index: number, more: Settings = {}) =>
  startProgram(settings({ DATABASE_URL: index === 0 ? proxy.url : databaseUrl, ...more }))
const startBoth = async (more: Settings = {}) => {
  replicas = await Promise.all([start(0, more), start(1, more)])
  clients = await Promise.all(replicas.map(({ url }) => createClient(url)))
}

beforeAll(async () => {
  databaseUrl = await createTestDatabase(`points_faults_${process.pid}`)
  database = openDatabase({ address: { uri: databaseUrl }, poolSize: 4 })
  proxy = await startProxy(databaseUrl)
})
beforeEach(async () => {
  await startBoth()
  crowd = await gatherCrowd(() => clients, settings(), 2)
})
afterEach(() => Promise.all(replicas.map(({ kill }) => kill())))
afterAll(async () => {
  proxy.stop()
  desk.stop()
  await database.close()
  rmSync(dir, { recursive: true, force: true })
})

/** Lets the crowd draw while `work` goes on, then checks what they were given, and the whole database. */
async function drawingWhile(work: () => Promise<unknown>): Promise<void> {
  let isOver = false
  const working = work().finally(() => {
    isOver = true
  })
  await Promise.all([working, crowd.drawUntil(() => isOver)])
  await crowd.check()
  expect(await findEveryMismatch(database)).toEqual([])
}

test('replicas that are killed at random leave no gap in the numbers, and every draw that was answered in the log', async () => {
  await drawingWhile(async () => {
    for (let round = 0; round < 4; round += 1) {
      await Bun.sleep(100 + Math.random() * 700)
      const victim = round % 2
      await replicas[victim]?.kill('SIGKILL')
      replicas[victim] = await start(victim)
      clients[victim] = await createClient(replicas[victim].url)
    }
  })
}, 180_000)

test('lost COMMITs of draws and of the sealer leave no gap in the numbers, and every draw in the log once', async () => {
  await drawingWhile(async () => {
    for (const fate of ['cut-after', 'cut-before', 'cut-after', 'cut-before', 'cut-after', 'cut-before'] as const) {
      const { struck } = proxy
      proxy.strike(fate)
      await until(() => proxy.struck > struck)
      await Bun.sleep(150)
    }
  })
}, 180_000)

test('deadlocks leave no gap in the numbers, and a draw that is run again has its roll and its place once', async () => {
  const deadlocks = async () => {
    const [row] = await database.query<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'")
    return Number(row?.Value ?? 0)
  }
  const before = await deadlocks()
  await drawingWhile(async () => {
    const rival = await database.acquire()
    const users = await database.query<{ user_id: number }>('SELECT user_id FROM users')
    for (let times = 0; times < 200 && (await deadlocks()) < before + 3; times += 1) {
      // A draw locks these two rows the other way round.
      for (const { user_id } of users) {
        try {
          await rival.query('START TRANSACTION')
          await rival.query('SELECT * FROM lottery_pity WHERE user_id = ? FOR UPDATE', [user_id])
          await Bun.sleep(5)
          await rival.query('SELECT * FROM users WHERE user_id = ? FOR UPDATE', [user_id])
        } catch {
          // The rival may be the one that gives way.
        }
        await rival.query('ROLLBACK')
      }
    }
    rival.release()
  })
  expect(await deadlocks()).toBeGreaterThan(before)
}, 180_000)

const socketOf = (url: string) => new URL(url).searchParams.get('socketPath') ?? ''
const nameOf = (url: string) => new URL(url).pathname.slice(1)
const client = ['mariadb', 'mysql'].find((name) => Bun.which(name)) ?? 'mariadb'
const dumper = ['mariadb-dump', 'mysqldump'].find((name) => Bun.which(name)) ?? 'mariadb-dump'
const backUp = async (name: string) => {
  const file = join(dir, name)
  await $`${dumper} --no-defaults --user=root --socket=${socketOf(databaseUrl)} --single-transaction --hex-blob ${nameOf(databaseUrl)} > ${file}`.quiet()
  return file
}
const restore = (file: string) =>
  $`${client} --no-defaults --user=root --socket=${socketOf(databaseUrl)} ${nameOf(databaseUrl)} < ${file}`.quiet()

test('no seed of an epoch that is open is in the database, and nothing of the chain', async () => {
  const { epoch } = await crowd.drawOnce(0)
  const dump = readFileSync(await backUp('open.sql'), 'utf8').toLowerCase()
  expect(dump).toContain(chain.id)
  for (const number of [epoch, epoch + 1, chain.lastEpoch]) {
    const seed = chain.seedOf(number)
    for (const form of ['hex', 'base64', 'base64url'] as const)
      expect([number, form, dump.includes(seed.toString(form).toLowerCase())]).toEqual([number, form, false])
  }
  for (const { url } of replicas) {
    const answer = await (await fetch(`${url}/api/fairness`)).text()
    expect(answer).not.toContain(chain.seedOf(epoch).toString('hex'))
  }
}, 60_000)

test('a restored backup draws nothing until a new log begins, which holds the old one’s head', async () => {
  const before = await crowd.drawOnce(0)
  await until(async () => (await proof(before)) !== undefined)
  const backup = await backUp('restored.sql')
  const lost = [await crowd.drawOnce(0), await crowd.drawOnce(1)]
  const old = await sealed(lost.at(-1) as Receipt)
  await restore(backup)
  await until(async () => (await code(0)) === 3001 && (await code(1)) === 3001)
  await until(() => desk.told.some(({ body }) => body.event === 'log_stopped'))

  // A replica that starts on it knows before its first request.
  await Promise.all(replicas.map(({ kill }) => kill()))
  await startBoth()
  expect([await code(0), await code(1)]).toEqual([3001, 3001])

  await Promise.all(replicas.map(({ kill }) => kill()))
  const keyFile = join(dir, 'key')
  expect((await runCommand(['log', 'restart'], settings())).err).toContain('LOG_KEY is still the old one')
  expect((await runCommand(['log', 'key', 'points.example.com/log-2', keyFile], settings())).code).toBe(0)
  const renewed = { LOG_KEY: readFileSync(keyFile, 'utf8').trim() }
  const restarted = await runCommand(['log', 'restart'], settings(renewed))
  expect([restarted.code, restarted.out.includes('A new log begins.')]).toEqual([0, true])
  await startBoth(renewed)
  const after = await crowd.drawOnce(0)
  await until(async () => (await proof(after)) !== undefined)
  expect(failedChecks([after, await proof(after)])).toEqual([])
  expect(await findEveryMismatch(database)).toEqual([])

  // A draw that the backup has is proven by the new log; what was lost has its number again, and both receipts show it.
  expect(failedChecks([before, await proof(before)])).toEqual([])
  const first = lost[0] as Receipt
  const again = [...drawnMeanwhile, after].find(({ turns }) => turns[0]?.draw_no === first.turns[0]?.draw_no)
  expect(failedChecks([first, again as Receipt])).toContain('one draw')
  expect(verify([lost[0] as Receipt]).verdict).toBe('pending')
  expect(old.size).toBeGreaterThan(0)
}, 180_000)

const token = () => crowd.diners[0]?.tokens[0]
/** What was drawn on the restored database before the service found out. */
const drawnMeanwhile: Receipt[] = []
const code = async (at: number) => {
  const body = { draw_type: 'single' }
  const answer = await (clients[at] as Client).post('/api/lottery/draw', { token: token(), body })
  if (answer.code === 0) drawnMeanwhile.push(answer.data.receipt)
  return answer.code
}
const proof = async ({ draw_id }: Receipt) => {
  const answer = await (clients[1] as Client).get(`/api/lottery/draws/${draw_id}/proof`, { token: token() })
  return answer.code === 0 ? answer.data.proof : undefined
}
const sealed = async (receipt: Receipt) => {
  await until(async () => (await proof(receipt)) !== undefined)
  const [head] = await database.query<{ size: number }>('SELECT size FROM log_head')
  return { size: head?.size ?? 0 }
}
