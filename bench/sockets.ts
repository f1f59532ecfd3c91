/**
 * Measures what sockets cost: `bun bench/sockets.ts [sockets]`. It measures the memory of idle sockets, the delivery of
 * stock updates to all of them, and draws with and without open sockets. A bare Bun program is measured in the same run
 * for comparison. Exits 1 when a target is missed.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type OpenServices, openServices } from '../src/composition/open-services.ts'
import { loadConfig } from '../src/config/config.ts'
import { addProduct } from '../src/exchange/add-product.ts'
import { newId } from '../src/lib/random.ts'
import { adjust } from '../src/merchant/counter/adjust.ts'
import { systemActor } from '../src/staff/actor.ts'
import { createTestDatabase } from '../test/support/database.ts'
import type { Order, Report } from './socket-clients.ts'

const sockets = Number(process.argv[2] ?? 5_000)
const socketsAUser = 10
const drawers = 1_000
const productsOnSale = 20
const rounds = 20
const updatesARound = 10
const idle_ms = 5_000
const drawClients = 64
const drawRound_ms = 4_000
const drawRounds = 7

const say = (line: string) => void process.stdout.write(`${line}\n`)
const settings = {
  NODE_ENV: 'test',
  HOST: '127.0.0.1',
  PORT: '0',
  LOG_LEVEL: 'warn',
  RATE_LIMIT: 'off',
  JOBS: 'off',
  DAILY_LOTTERY_LIMIT: '0',
  PENDING_ORDERS: '0',
  LOTTERY_COST_POINTS: '1',
  JWT_SECRET: 'bench-only-0123456789-abcdefghijklmnop',
  DATABASE_URL: await createTestDatabase('points_bench_sockets'),
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))
const service = await serve([join(import.meta.dir, '../src/main.ts'), 'serve'], settings)
const installation = await openServices(loadConfig(settings), say)
const people = await signInMany(installation, drawers)
const products = await makeProducts(installation, productsOnSale)
await installation.close()

const bare = await serve([join(import.meta.dir, 'bare-publisher.ts')], {})
const buyer = people[0] ?? ''
const buy = (index: number) =>
  post(`${service.url}/api/exchange/submit`, buyer, { product_id: products[index % products.length], quantity: 1 })
const publishBare = () => fetch(`${bare.url}/?times=1`).then((response) => response.arrayBuffer())

// Both sides warm up before anything is measured.
await draw(people, 2_000)
for (let i = 0; i < 50; i += 1) await Promise.all([buy(i), publishBare()])

const tokens = Array.from({ length: sockets }, (_, i) => people[Math.floor(i / socketsAUser)] ?? buyer)
const theirs = await openSide(bare, tokens, publishBare)
const ours = await openSide(service, tokens, buy)
// They take turns, so that other work on this machine disturbs both alike.
for (let round = 0; round < rounds; round += 1) for (const side of [theirs, ours]) await side.measure()
const [bareFigures, ourFigures] = [theirs.figures(), ours.figures()]
for (const side of [theirs, ours]) await side.close()
const ratio = ourFigures.perSecond / bareFigures.perSecond
const overhead_kib = ourFigures.kibASocket - bareFigures.kibASocket
say(`${sockets} sockets            bare        ours`)
say(
  `memory a socket, KiB    ${fixed(bareFigures.kibASocket)} ${fixed(ourFigures.kibASocket)}  (+${overhead_kib.toFixed(1)})`,
)
say(`delivered a second      ${fixed(bareFigures.perSecond)} ${fixed(ourFigures.perSecond)}  (× ${ratio.toFixed(2)})`)
say(`p50 to the last, ms     ${fixed(bareFigures.p50_ms)} ${fixed(ourFigures.p50_ms)}`)
say(`p99 to the last, ms     ${fixed(bareFigures.p99_ms)} ${fixed(ourFigures.p99_ms)}`)

const draws = await compareDraws()
say(
  `draws a second: ${draws.alone.toFixed(0)} alone, ${draws.beside.toFixed(0)} with ${drawers} sockets (× ${draws.ratio.toFixed(2)})`,
)

for (const { kill } of [service, bare]) await kill()
const missed = [
  ratio < 0.7 && 'delivery is under 0.7 of the bare program’s',
  overhead_kib >= 12 && 'a socket takes 12 KiB or more beyond the bare program’s',
  draws.ratio < 0.8 && 'draws are under 0.8 of those without sockets',
].filter(Boolean)
for (const miss of missed) say(`MISSED: ${miss}`)
process.exit(missed.length > 0 ? 1 : 0)

interface Served {
  url: string
  pid: number
  kill(): Promise<unknown>
}

async function serve(args: string[], env: Record<string, string>): Promise<Served> {
  const child = Bun.spawn([process.execPath, ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.on('exit', () => child.kill())
  let output = ''
  const collect = async () => {
    for await (const bytes of child.stdout) output += new TextDecoder().decode(bytes)
  }
  void collect()
  for (; !/Serving on \S+\s/.test(output); await Bun.sleep(20)) {
    if (child.exitCode !== null) throw new Error(`nothing serves: ${output}`)
  }
  const kill = () => {
    child.kill()
    return child.exited
  }
  return { url: /Serving on (\S+)/.exec(output)?.[1] ?? '', pid: child.pid, kill }
}

/** Signs people in, gives them points and returns their access tokens. */
async function signInMany({ services }: OpenServices, count: number): Promise<string[]> {
  const one = async (index: number) => {
    const phone = `137${String(index).padStart(8, '0')}`
    const { user, tokens } = await services.accounts.login(
      { phone, code: '123456' },
      { address: '', info: undefined, userAgent: 'bench', token: undefined },
    )
    const adjustment = {
      userId: user.user_id,
      points: 1_000_000,
      reason: 'bench',
      adjustmentId: newId('ADJ'),
      actor: systemActor(),
    }
    await services.till.run(adjust, adjustment)
    return tokens.access_token
  }
  const made: string[] = []
  while (made.length < count)
    made.push(...(await Promise.all(Array.from({ length: 100 }, (_, i) => one(made.length + i)))))
  return made
}

async function makeProducts({ services }: OpenServices, count: number): Promise<number[]> {
  const made = []
  for (let i = 0; i < count; i += 1) {
    const fields = { name: `压测商品 ${i + 1}`, category: '热菜', exchange_points: 1 }
    const input = { fields, stock: 100_000, movementId: newId('MV') }
    made.push((await services.till.run(addProduct, input)).answer.product_id)
  }
  return made
}

/** Opens the sockets. Then it times updates one by one, each from its request until the last socket has it. */
async function openSide(server: Served, all: string[], update: (index: number) => Promise<unknown>) {
  const latencies: number[] = []
  await Bun.sleep(idle_ms)
  const before = residentKib(server.pid)
  const clients = await openSockets(server.url, all)
  await Bun.sleep(idle_ms)
  const kibASocket = (residentKib(server.pid) - before) / all.length

  return {
    async measure() {
      for (let i = 0; i < updatesARound; i += 1) {
        const heard = await clients.expect(1)
        const startedAt = performance.timeOrigin + performance.now()
        await update(i)
        const { lasts } = await heard()
        latencies.push((lasts[0] ?? 0) - startedAt)
      }
    },
    figures: () => ({
      kibASocket,
      perSecond: (all.length * latencies.length * 1000) / latencies.reduce((sum, latency) => sum + latency, 0),
      p50_ms: rank(latencies, 0.5),
      p99_ms: rank(latencies, 0.99),
    }),
    close: clients.close,
  }
}

async function openSockets(url: string, all: string[]) {
  let answered: (report: Report) => void = () => {}
  const next = () =>
    new Promise<Report>((resolve) => {
      answered = resolve
    })
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'socket-clients.ts')], {
    stdio: ['ignore', 'inherit', 'inherit'],
    ipc: (report: Report) => answered(report),
  })
  const order = async (what: Order) => {
    const report = next()
    child.send(what)
    return report
  }
  await order({ open: { url, tokens: all } })
  return {
    /** Resolves when the clients listen. The result holds a promise of when they received each update. */
    async expect(updates: number) {
      await order({ expect: updates })
      const heard = next() as Promise<{ lasts: number[] }>
      return () => heard
    },
    async close() {
      child.kill()
      await child.exited
    },
  }
}

/** Measures draws per second, in turns without sockets and with one for each person who draws. */
async function compareDraws() {
  const alone: number[] = []
  const beside: number[] = []
  for (let round = 0; round < drawRounds; round += 1) {
    alone.push(await draw(people, drawRound_ms))
    const clients = await openSockets(service.url, people)
    beside.push(await draw(people, drawRound_ms))
    await clients.close()
    await Bun.sleep(500)
  }
  const ratios = beside.map((figure, round) => figure / (alone[round] ?? figure))
  return { alone: rank(alone, 0.5), beside: rank(beside, 0.5), ratio: rank(ratios, 0.5) }
}

/** Draws for `length_ms` and returns how many draws it made per second. */
async function draw(all: string[], length_ms: number): Promise<number> {
  let made = 0
  const startedAt = performance.now()
  const client = async (offset: number) => {
    for (let i = offset; performance.now() - startedAt < length_ms; i += drawClients) {
      await post(`${service.url}/api/lottery/draw`, all[i % all.length] ?? '', { draw_type: 'single' })
      made += 1
    }
  }
  await Promise.all(Array.from({ length: drawClients }, (_, i) => client(i)))
  return (made * 1000) / (performance.now() - startedAt)
}

async function post(url: string, token: string, body: object): Promise<void> {
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  const answer = (await response.json()) as { code: number }
  if (answer.code !== 0) throw new Error(`${url} refused with ${answer.code}`)
}

function residentKib(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

function rank(figures: number[], share: number): number {
  const sorted = [...figures].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

function fixed(figure: number): string {
  return (figure >= 1_000 ? figure.toFixed(0) : figure.toFixed(1)).padStart(11)
}
