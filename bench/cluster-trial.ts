/**
 * Draws at two replicas of the service on a cluster while a fault is made. Then compares what each caller was told with
 * what the cluster holds. Prints one JSON line for each trial. Exits 1 when a caller was told a wrong outcome.
 *
 *     bun bench/cluster-trial.ts --database URL --truth URL --strike COMMAND --heal COMMAND
 *       [--trials 10] [--fault-s 8] [--workers 48] [--journal FILE]
 */
import { appendFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { $ } from 'bun'
import { loadConfig } from '../src/config/config.ts'
import { type Database, openDatabase } from '../src/db/client.ts'
import { newId } from '../src/lib/random.ts'
import { adjust } from '../src/merchant/counter/adjust.ts'
import { findMismatches } from '../src/reconcile/checks.ts'
import { type RunningServer, startServer } from '../src/server.ts'
import { systemActor } from '../src/staff/actor.ts'
import { makePeople, type Person } from './people.ts'

const { values: args } = parseArgs({
  options: {
    database: { type: 'string', default: '' },
    truth: { type: 'string', default: '' },
    strike: { type: 'string', default: 'true' },
    heal: { type: 'string', default: 'true' },
    trials: { type: 'string', default: '10' },
    'fault-s': { type: 'string', default: '8' },
    workers: { type: 'string', default: '48' },
    journal: { type: 'string', default: '/dev/null' },
  },
})

interface Told {
  userId: number
  key: string | undefined
  code: number
  /** The draw's id, when the caller was told it. */
  drawId: string | undefined
  replayed: boolean
}

const calm_ms = 1_500
const after_ms = 6_000
const settings = {
  NODE_ENV: 'test',
  HOST: '127.0.0.1',
  PORT: '0',
  LOG_LEVEL: 'silent',
  RATE_LIMIT: 'off',
  DAILY_LOTTERY_LIMIT: '0',
  PENDING_ORDERS: '0',
  JWT_SECRET: 'trials-only-0123456789-abcdefghijklmnop',
  JOBS: 'off',
  OCR: 'off',
  DIALECTS: 'off',
  DATABASE_URL: args.database,
}

async function draw(server: RunningServer, { userId, token }: Person, key: string | undefined): Promise<Told> {
  const headers: Record<string, string> = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
  if (key) headers['Idempotency-Key'] = key
  const body = JSON.stringify({ draw_type: 'single' })
  const response = await fetch(`${server.url}/api/lottery/draw`, { method: 'POST', headers, body })
  const { code, data } = (await response.json()) as { code: number; data: { draw_id?: string } | null }
  const told = { userId, key, code, drawId: data?.draw_id, replayed: response.headers.has('Idempotency-Replayed') }
  appendFileSync(args.journal, `${JSON.stringify({ at: Date.now(), ...told })}\n`)
  return told
}

/** Everyone draws until the fault has been over for a while. Half of the calls have a key. */
async function underFault(servers: RunningServer[], people: Person[]): Promise<{ told: Told[]; worst_ms: number }> {
  const told: Told[] = []
  let worst_ms = 0
  let running = true
  const worker = async (index: number) => {
    for (let i = 0; running; i += 1) {
      const person = people[(index * 31 + i) % people.length] as Person
      const startedAt = performance.now()
      const server = servers[(index + i) % servers.length] as RunningServer
      told.push(await draw(server, person, i % 2 === 0 ? newId('K') : undefined))
      worst_ms = Math.max(worst_ms, performance.now() - startedAt)
      if (told.at(-1)?.code !== 0) await Bun.sleep(100)
    }
  }
  const workers = Array.from({ length: Number(args.workers) }, (_, index) => worker(index))
  await Bun.sleep(calm_ms)
  await $`sh -c ${args.strike}`.quiet().nothrow()
  await Bun.sleep(Number(args['fault-s']) * 1_000)
  await $`sh -c ${args.heal}`.quiet().nothrow()
  await Bun.sleep(after_ms)
  running = false
  await Promise.all(workers)
  return { told, worst_ms }
}

/** Repeats, with the same key, the calls whose outcome was not known. */
async function askAgain(servers: RunningServer[], people: Person[], told: Told[]): Promise<Told[]> {
  const open = told.filter(({ code, key }) => code === 9009 && key !== undefined)
  return Promise.all(
    open.map(async ({ userId, key }) => {
      const person = people.find((one) => one.userId === userId) as Person
      for (;;) {
        const again = await draw(servers[0] as RunningServer, person, key)
        if (again.code === 0) return again
        await Bun.sleep(200)
      }
    }),
  )
}

async function judge(truth: Database, told: Told[], repeated: Told[], before: Set<string>) {
  const rows = await truth.query<{ draw_id: string; user_id: number }>('SELECT draw_id, user_id FROM lottery_records')
  const drawn = new Map(rows.filter(({ draw_id }) => !before.has(draw_id)).map((row) => [row.draw_id, row.user_id]))
  const keys = new Map(
    (await truth.query<{ idem_key: string; answer: string }>('SELECT idem_key, answer FROM idempotency_keys')).map(
      (row) => [row.idem_key, row.answer],
    ),
  )
  const all = [...told, ...repeated]
  const yes = all.filter(({ code }) => code === 0)
  const known = new Set(yes.map(({ drawId }) => drawId))
  const open = told.filter(({ code }) => code === 9009)
  const openUsers = new Map<number, number>()
  for (const { userId, key } of open) if (!key) openUsers.set(userId, (openUsers.get(userId) ?? 0) + 1)
  let unexplained = 0
  for (const [drawId, userId] of drawn) {
    if (known.has(drawId)) continue
    const left = openUsers.get(userId) ?? 0
    if (left === 0) unexplained += 1
    openUsers.set(userId, left - 1)
  }
  const firsts = yes.filter(({ replayed }) => !replayed).map(({ drawId }) => drawId)
  const codes: Record<number, number> = {}
  for (const { code } of told) codes[code] = (codes[code] ?? 0) + 1
  const refused = told.filter(({ code, key }) => code !== 0 && code !== 9009 && key !== undefined)
  return {
    codes,
    // A repeat may have been told of a draw of the trial before.
    yes_that_was_not: yes.filter(({ drawId }) => !rows.some(({ draw_id }) => draw_id === drawId)).length,
    no_that_was: refused.filter(({ key }) => keys.has(key ?? '')).length + unexplained,
    doubled: firsts.length - new Set(firsts).size,
    open: open.length,
    open_that_happened: open.filter(({ key }) => key && keys.get(key)).length,
    mismatches: (await findMismatches(truth)).length,
  }
}

const config = loadConfig(settings)
const servers = [await startServer(config, () => {}), await startServer(config, () => {})]
const [first] = servers as [RunningServer]
const { till } = first.services
const stage = {
  async givePoints(userIds: readonly number[], points: number) {
    const correction = { points, reason: 'trial', actor: systemActor() }
    await Promise.all(userIds.map((userId) => till.run(adjust, { ...correction, userId, adjustmentId: newId('ADJ') })))
  },
}
const people = await makePeople(stage as never, first.url, 60)
const truth = openDatabase({ address: { uri: args.truth }, poolSize: 4, statementTimeout_ms: 60_000 })
let wrong = 0
for (let trial = 1; trial <= Number(args.trials); trial += 1) {
  const rows = await truth.query<{ draw_id: string }>('SELECT draw_id FROM lottery_records')
  const before = new Set(rows.map(({ draw_id }) => draw_id))
  const { told, worst_ms } = await underFault(servers, people)
  for (const { url } of servers) while (!(await fetch(`${url}/health/ready`)).ok) await Bun.sleep(100)
  const repeated = await askAgain(servers, people, told)
  const verdict = await judge(truth, told, repeated, before)
  wrong += verdict.yes_that_was_not + verdict.no_that_was + verdict.doubled + verdict.mismatches
  process.stdout.write(`${JSON.stringify({ trial, calls: told.length, ...verdict, worst_ms: Math.round(worst_ms) })}\n`)
}
await Promise.all(servers.map((server) => server.stop()))
await truth.close()
process.exit(wrong > 0 ? 1 : 0)
