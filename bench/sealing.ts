/**
 * Shows whether sealing keeps up: `bun bench/sealing.ts [--draws 5000] [--together 1,64] [--seconds 60]`. It writes the
 * entries of that many draws a second, as the till does, while a service seals them on its schedule. Each entry is of as
 * many draws as are committed `--together`; the fewer, the more entries there are to seal. An entry is sealed once the
 * published checkpoint has it. Exits 1 when one takes longer than receipts promise.
 */

import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { Database } from '../src/db/client.ts'
import { type Leaf, packLeaves } from '../src/till/log-entry.ts'
import { entryRoot } from '../src/tlog/format/entries.ts'
import { cpuTime_us } from './process.ts'
import { makeProofSettings } from './provable.ts'
import { printLine } from './result.ts'
import { rounded } from './sample.ts'
import { openStage, type Program } from './stage.ts'

const promise_s = 60
const look_ms = 250
const write_ms = 20
/** How long the rest may take, once nothing is written any more. */
const patience_ms = 600_000
const { values } = parseArgs({
  options: {
    draws: { type: 'string', default: '5000' },
    together: { type: 'string', default: '1,64' },
    seconds: { type: 'string', default: '60' },
  },
})

const stage = await openStage()
try {
  // Without seeds nothing is drawn, and no job compares rows with entries that the bench made up.
  const service = await stage.startService({ LOG_KEY: makeProofSettings().LOG_KEY })
  for (const together of values.together.split(',').map(Number)) {
    const found = await measure(service, stage.database, together)
    printLine(found)
    if (!found.met) process.exitCode = 1
  }
} finally {
  await stage.close()
}

async function measure(service: Program, database: Database, together: number) {
  const rate = Number(values.draws) / together
  const already = await settledSize(service, database)
  const entries = new Written(already)
  const before = timesOf(service)
  const watching = watch(service, entries)
  const took_s = await write(database, entries, { rate, together })
  const after = timesOf(service)
  const { backlogs, waits_s } = await watching
  const share = (of: 'service_us' | 'database_us') => rounded((after[of] - before[of]) / 1_000_000 / took_s)
  const longest_s = rounded(Math.max(...waits_s))
  return {
    scenario: `sealing at ${values.draws} draws a second, ${together} in a commit`,
    ...{ entries: entries.size - already, entries_a_second: Math.round((entries.size - already) / took_s) },
    ...{ log_size: entries.size, backlog_by_5_s: backlogs.filter((_, at) => at % (5_000 / look_ms) === 0) },
    ...{ longest_backlog: Math.max(...backlogs), longest_s, last_s: rounded(waits_s.at(-1) ?? 0) },
    ...{ service_cores: share('service_us'), database_cores: share('database_us') },
    ...{ target: `<= ${promise_s} s`, met: longest_s <= promise_s },
  }
}

/** When the entries were written that are in the log after its first `size`. */
class Written {
  #parts: { upTo: number; at: number }[] = []
  size: number
  isDone = false

  constructor(size: number) {
    this.size = size
  }

  add(count: number, at: number): void {
    this.size += count
    this.#parts.push({ upTo: this.size, at })
  }

  /** For how long the oldest of those waits that are not in a log of `sealed` entries. */
  wait_ms(sealed: number, now: number): number {
    while ((this.#parts[0]?.upTo ?? Number.POSITIVE_INFINITY) <= sealed) this.#parts.shift()
    return this.#parts[0] ? now - this.#parts[0].at : 0
  }
}

/** Writes entries at a steady rate. Returns how long it took. */
async function write(
  database: Database,
  entries: Written,
  { rate, together }: { rate: number; together: number },
): Promise<number> {
  const seconds = Number(values.seconds)
  const startedAt = performance.now()
  let written = 0
  for (let due = 0; due < rate * seconds; await Bun.sleep(write_ms)) {
    due = Math.min(rate * seconds, ((performance.now() - startedAt) / 1_000) * rate)
    const rows = Array.from({ length: Math.floor(due) - written }, () => entryOf(together))
    if (rows.length === 0) continue
    const at = performance.now()
    await database.query('INSERT INTO log_entries (leaf_count, root, leaves, created_at) VALUES ?', [rows])
    entries.add(rows.length, at)
    written += rows.length
  }
  entries.isDone = true
  return (performance.now() - startedAt) / 1_000
}

/** An entry of draws: of each its turn, what it cost, and what it won. */
function entryOf(draws: number): unknown[] {
  const leaves = Array.from({ length: draws }, () => ['draw 1234/56', 'ledger 1234/567', 'ledger 1234/568'].map(leafOf))
  const all = leaves.flat()
  return [all.length, Buffer.from(entryRoot(all.map(({ hash }) => hash))), packLeaves(all), new Date()]
}

function leafOf(label: string): Leaf {
  return { label, hash: randomBytes(32) }
}

/** Looks at the published log until all is sealed: how many entries wait, and for how long the oldest does. */
async function watch(service: Program, entries: Written): Promise<{ backlogs: number[]; waits_s: number[] }> {
  const [backlogs, waits_s]: [number[], number[]] = [[], []]
  for (const deadline = Date.now() + patience_ms; Date.now() < deadline; await Bun.sleep(look_ms)) {
    const now = performance.now()
    const sealed = await publishedSize(service)
    backlogs.push(Math.max(0, entries.size - sealed))
    waits_s.push(entries.wait_ms(sealed, now) / 1_000)
    if (entries.isDone && sealed >= entries.size) return { backlogs, waits_s }
  }
  throw new Error('the log was not sealed')
}

/** The size of the log, once all there is has been sealed. */
async function settledSize(service: Program, database: Database): Promise<number> {
  for (const deadline = Date.now() + patience_ms; Date.now() < deadline; await Bun.sleep(look_ms)) {
    const [row] = await database.query<{ entries: number }>('SELECT COUNT(*) AS entries FROM log_entries')
    const sealed = await publishedSize(service)
    if (row && row.entries === sealed) return sealed
  }
  throw new Error('the log was not sealed')
}

async function publishedSize({ url }: Program): Promise<number> {
  return Number((await (await fetch(`${url}/tlog/checkpoint`)).text()).split('\n')[1])
}

function timesOf({ pid, databasePid = pid }: Program): { service_us: number; database_us: number } {
  return { service_us: cpuTime_us(pid), database_us: cpuTime_us(databasePid) }
}
