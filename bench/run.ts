/**
 * Loads the service and prints one JSON line for each scenario: `bun run bench -- [scenario …] [--rounds n]
 * [--seconds n] [--people n] [--minutes n]`. Exits 1 when a request was refused or a ledger disagrees afterwards.
 */

import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { choices } from './choices.ts'
import { memory } from './memory.ts'
import { makePeople } from './people.ts'
import { measureReader } from './reader.ts'
import { printLine as print, type Result } from './result.ts'
import { refusedIn, type Scene, scenarios } from './scenarios.ts'
import { openStage, type Stage } from './stage.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    people: { type: 'string', default: '4000' },
    minutes: { type: 'string', default: '0' },
  },
})
const names = positionals.length > 0 || Number(values.minutes) > 0 ? positionals : Object.keys(scenarios)

if (names.includes('reader')) for await (const result of measureReader()) print(result)
if (names.length === 1 && names[0] === 'reader') process.exit(0)

const stage = await openStage()
try {
  const scene = await setScene(stage)
  print({ cores: availableParallelism(), database: stage.databaseVersion, durable: true, bun: Bun.version, ...values })
  let refused = 0
  const report = (result: Result) => {
    print(result)
    refused += refusedIn(result)
  }
  for (const name of names.filter((name) => name !== 'reader')) {
    const scenario = scenarios[name] ?? choices[name]
    if (!scenario)
      throw new Error(`no scenario ${name}; there are ${Object.keys({ ...scenarios, ...choices }).join(', ')}`)
    for (const result of await scenario(scene)) report(result)
  }
  if (Number(values.minutes) > 0) report(await memory(scene, Number(values.minutes)))
  const mismatches = await stage.mismatches()
  print({ scenario: 'every balance and stock equals its ledger', met: mismatches.length === 0, mismatches, refused })
  process.exitCode = mismatches.length > 0 || refused > 0 ? 1 : 0
} finally {
  await stage.close()
}

async function setScene(stage: Stage): Promise<Scene> {
  const productId = await stage.addProduct(1, 100_000_000)
  const service = await stage.startService()
  const ofOne = await stage.startService({ TILL_BATCH: '1' })
  const plain = await stage.startService({ DIALECTS: 'off' })
  const bare = await stage.startBare('bare.ts')
  const people = await makePeople(stage, service.url, Number(values.people))
  return {
    stage,
    service,
    ofOne,
    plain,
    bare,
    people,
    productId,
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
  }
}
