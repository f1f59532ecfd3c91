/**
 * Compares the service with one of the usual kind, `bench/baseline`: Express and Sequelize on Node, one transaction for
 * each request. Each has its own database server with the same tables.
 * `bun bench/old-design.ts [records info config draws hot spread] [--rounds n] [--seconds n] [--people n] [--warm n]`.
 * It installs what the other one needs into its own folder. Reads come before writes: the faster side writes more, and
 * its pages of records would then lie further apart.
 */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { $ } from 'bun'
import { fillHistory } from './history.ts'
import { compare, kinds, openSide, type Side } from './kinds.ts'
import { databasePidIn } from './process.ts'
import { printLine } from './result.ts'
import { openStage, type Stage } from './stage.ts'

const rowsAPerson = 30
const folder = join(import.meta.dir, 'baseline')
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    people: { type: 'string', default: '4000' },
    warm: { type: 'string', default: '20' },
  },
})
const people = Number(values.people)
const how = { rounds: Number(values.rounds), seconds: Number(values.seconds), warm: Number(values.warm) }

if (!existsSync(join(folder, 'node_modules')))
  await $`${process.execPath} install --frozen-lockfile`.cwd(folder).quiet()
const stages = [await openStage(), await openStage()] as const
try {
  const [ours, prepared] = [await openFilled(stages[0]), await openFilled(stages[1])]
  await prepared.service.stop()
  const service = await stages[1].startBare('baseline/server.js', {
    runtime: Bun.which('node') ?? process.execPath,
    env: { ...stages[1].settings, NODE_ENV: 'production' },
  })
  const old = { ...prepared, service: Object.assign(service, { databasePid: databasePidIn(stages[1].dir) }) }
  for (const name of positionals.length > 0 ? positionals : ['records', 'info', 'config', 'draws', 'hot', 'spread'])
    for (const work of kinds[name] ?? []) printLine({ work: name, ...(await compare(work, { ours, old }, how)) })
  for (const stage of stages) {
    const mismatches = await stage.mismatches()
    printLine({ scenario: 'every balance and stock equals its ledger', met: mismatches.length === 0, mismatches })
  }
} finally {
  for (const stage of stages) await stage.close()
}

/** Opens a side whose people have a full page of records. */
function openFilled(stage: Stage): Promise<Side> {
  const { database } = stage
  return openSide(stage, { people }, async (productId) => {
    await fillHistory(database, { people, rows: people * rowsAPerson, productId })
  })
}
