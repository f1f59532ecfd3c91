/**
 * Compares the service on tables with ten million rows of the ledger with the service on small tables, each on its own
 * database server, in alternating rounds:
 * `bun bench/large.ts [draws hot spread records info config catalogue logins mixed single uploads] [--rows n] [--pairs n]
 * [--rounds n] [--seconds n] [--people n] [--warm n] [--memory MiB] [--check]`.
 * It takes eight to ten minutes, and about 15 GB of the temporary folder, before the first round; uploads take 10 GB more.
 * Two processes of one build differ by a tenth and sometimes more, so both services start anew `--pairs` times for each
 * kind of work; the figure is the median. Both servers keep `--memory` of their tables in memory
 * (`innodb_buffer_pool_size`), and have a redo log of 1 GB; the private server has 256, in which large tables don't fit.
 * With `--check` it also holds every balance, stock and turn of the large tables against its ledger, which takes a quarter
 * of an hour. Jobs are off on both sides: `reconcile` would read all of it. It needs MariaDB 10.9 or later.
 */

import { parseArgs } from 'node:util'
import { findMismatches } from '../src/reconcile/checks.ts'
import { findTurnMismatches } from '../src/reconcile/turns.ts'
import { fillHistory } from './history.ts'
import { compare, kinds, openSide, type Side, type Work } from './kinds.ts'
import { printLine } from './result.ts'
import { median, rounded } from './sample.ts'
import { fillMemory_mib, withMuchMemory } from './server-memory.ts'
import { openStage, type Stage } from './stage.ts'

const target = 0.95
/** Rows a person on the small side: a page of records is as full there. */
const fewRows = 30
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '10000000' },
    pairs: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '3' },
    people: { type: 'string', default: '4000' },
    warm: { type: 'string', default: '20' },
    memory: { type: 'string', default: '4096' },
    check: { type: 'boolean', default: false },
  },
})
const people = Number(values.people)
const how = { rounds: Number(values.rounds), seconds: Number(values.seconds), warm: Number(values.warm) }
const memory_mib = Number(values.memory)
const options = { people, settings: { JOBS: 'off' } }

const openLarge = () => openStage({ memory_mib: Math.max(fillMemory_mib, memory_mib) })
const stages = [await openLarge(), await openLarge()] as const
try {
  const large = await openFilled(stages[0], Number(values.rows))
  const small = await openFilled(stages[1], people * fewRows)
  for (const name of positionals.length > 0 ? positionals : Object.keys(kinds))
    for (const work of kinds[name] ?? [])
      printLine({ work: name, memory_mib, ...(await comparePairs(work, { large, small })) })
  if (values.check) await withMuchMemory(large.stage.database, () => check(large.stage), memory_mib)
} finally {
  for (const stage of stages) await stage.close()
}

/** The ratio of rates is the median of those of the pairs. */
async function comparePairs(work: Work, sides: Record<'large' | 'small', Side>) {
  const pairs: Awaited<ReturnType<typeof compare>>[] = []
  for (let pair = 0; pair < Number(values.pairs); pair += 1) {
    for (const side of Object.values(sides)) await side.renew()
    pairs.push(await compare(work, sides, how))
  }
  const rate = rounded(median(pairs.map(({ ratios }) => ratios.rate)))
  return { pairs, rate, target: `>= ${target}`, met: rate >= target }
}

function openFilled(stage: Stage, rows: number): Promise<Side> {
  const { database } = stage
  return openSide(stage, options, async (productId) =>
    printLine(await withMuchMemory(database, () => fillHistory(database, { people, rows, productId }), memory_mib)),
  )
}

async function check({ database }: Stage): Promise<void> {
  const mismatches = [...(await findMismatches(database)), ...(await findTurnMismatches(database))]
  const shown = mismatches.slice(0, 10)
  printLine({ scenario: 'every balance, stock and turn is right', met: mismatches.length === 0, mismatches: shown })
  if (mismatches.length > 0) process.exitCode = 1
}
