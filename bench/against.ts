/**
 * Compares this checkout with another one, each on its own database server, in alternating rounds:
 * `bun bench/against.ts <folder of the other checkout> [draws hot records info config logins single …]
 * [--rounds n] [--seconds n] [--people n] [--warm n]`. The other checkout needs its `node_modules`. It prints one JSON
 * line for each kind of work, with the median of the rounds’ ratios. Before the rounds each side works for `warm`
 * seconds: Bun compiles what is hot for that long, and a larger program is compiled for longer.
 */

import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { load } from './http-load.ts'
import { makePeople } from './people.ts'
import { alternate, median, medianSample, rounded, type Sample } from './sample.ts'
import { draws, exchanges, newLogins, reads } from './scenarios.ts'
import { openStage, type Stage } from './stage.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '3' },
    people: { type: 'string', default: '4000' },
    warm: { type: 'string', default: '20' },
  },
})
const [folder = '.', ...named] = positionals

type Side = Awaited<ReturnType<typeof openSide>>

interface Work {
  connections: number
  next(side: Side): () => Uint8Array
}

const kinds: Record<string, Work[]> = {
  draws: [64, 256].map((connections) => ({ connections, next: draws })),
  hot: [{ connections: 64, next: exchanges }],
  records: [{ connections: 64, next: (side) => reads(side, '/api/user/points/records') }],
  info: [{ connections: 64, next: (side) => reads(side, '/api/user/info') }],
  config: [{ connections: 64, next: (side) => reads(side, '/api/lottery/config') }],
  logins: [{ connections: 64, next: () => newLogins() }],
  single: [{ connections: 1, next: draws }],
}

const ours = await openSide(openStage)
const { openStage: openOther } = (await import(resolve(folder, 'bench/stage.ts'))) as {
  openStage: () => Promise<Stage>
}
const theirs = await openSide(openOther)
try {
  for (const name of named.length > 0 ? named : Object.keys(kinds))
    for (const work of kinds[name] ?? []) print({ work: name, ...(await compare(work)) })
} finally {
  await ours.stage.close()
  await theirs.stage.close()
}

async function openSide(open: () => Promise<Stage>) {
  const stage = await open()
  const productId = await stage.addProduct(1, 100_000_000)
  const service = await stage.startService()
  return { stage, service, productId, people: await makePeople(stage, service.url, Number(values.people)) }
}

async function compare({ connections, next }: Work) {
  const loaded = (side: Side) => {
    const requests = next(side)
    return (seconds: number) => load({ program: side.service, connections, seconds, next: requests })
  }
  const [loadOurs, loadTheirs, seconds] = [loaded(ours), loaded(theirs), Number(values.seconds)]
  for (const warmUp of [loadOurs, loadTheirs]) await warmUp(Number(values.warm))
  const samples = await alternate(Number(values.rounds), {
    ours: () => loadOurs(seconds),
    theirs: () => loadTheirs(seconds),
  })
  const ratio = (figure: keyof Sample) =>
    rounded(median(samples.ours.map((sample, i) => sample[figure] / (samples.theirs[i]?.[figure] || 1))))
  return {
    connections,
    ours: medianSample(samples.ours),
    theirs: medianSample(samples.theirs),
    ratios: {
      rate: ratio('rate'),
      p50: ratio('p50_ms'),
      p99: ratio('p99_ms'),
      cpu: ratio('cpu_us'),
      others: ratio('others_us'),
    },
  }
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
