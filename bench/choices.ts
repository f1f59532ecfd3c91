import { load } from './http-load.ts'
import { makePeople } from './people.ts'
import { makeProofSettings } from './provable.ts'
import type { Result } from './result.ts'
import { alternate, judged, medianSample, ratioOf, rounded, type Sample } from './sample.ts'
import { draws, exchanges, type Scene } from './scenarios.ts'
import { openStage, type Program } from './stage.ts'

/** Scenarios that show what choices of the design cost or bring. They run only when they are named. */
export const choices: Record<string, (scene: Scene) => Promise<Result[]>> = { lanes, keys, proofs }

const connections = 256
/** Bun compiles what is hot for that long; the program with proofs has more of it. */
const warm_s = 15

/** Compares one, two and three lanes on the same database. */
async function lanes(scene: Scene): Promise<Result[]> {
  const one = await scene.stage.startService({ TILL_LANES: '1' })
  const three = await scene.stage.startService({ TILL_LANES: '3' })
  const kinds = { draws: draws(scene), 'hot product': exchanges(scene) }
  const results: Result[] = []
  for (const [kind, next] of Object.entries(kinds)) {
    const loaded = (program: Program) => () => load({ program, connections, seconds: scene.seconds, next })
    const samples = await alternate(scene.rounds, {
      one: loaded(one),
      two: loaded(scene.service),
      three: loaded(three),
    })
    const ratio = (of: Sample[]) => rounded(ratioOf(of, samples.two, 'rate'))
    results.push({
      scenario: `${kind} by lanes, of two lanes’ rate`,
      connections,
      one: { ...medianSample(samples.one), ratio: ratio(samples.one) },
      two: medianSample(samples.two),
      three: { ...medianSample(samples.three), ratio: ratio(samples.three) },
    })
  }
  return results
}

/** Compares draws with the tables' foreign keys and without them. Each has its own database server. */
async function keys(scene: Scene): Promise<Result[]> {
  const free = await openStage({ foreignKeys: false })
  try {
    const service = await free.startService()
    const people = await makePeople(free, service.url, scene.people.length)
    const [seconds, bound, unbound] = [scene.seconds, draws(scene), draws({ people })]
    const samples = await alternate(scene.rounds, {
      with: () => load({ program: scene.service, connections, seconds, next: bound }),
      without: () => load({ program: service, connections, seconds, next: unbound }),
    })
    return [
      {
        scenario: 'draws with foreign keys, of the rate without',
        connections,
        with: medianSample(samples.with),
        without: medianSample(samples.without),
        ratio: rounded(ratioOf(samples.with, samples.without, 'rate')),
      },
    ]
  } finally {
    await free.close()
  }
}

/** Compares draws that anyone can check with those of a service without seeds and a key for the log. */
async function proofs(scene: Scene): Promise<Result[]> {
  const proven = await scene.stage.startService(makeProofSettings())
  const next = draws(scene)
  const results: Result[] = []
  for (const program of [proven, scene.service]) await load({ program, connections, seconds: warm_s, next })
  for (const connections of [64, 256]) {
    const loaded = (program: Program) => () => load({ program, connections, seconds: scene.seconds, next })
    const samples = await alternate(scene.rounds, { with: loaded(proven), without: loaded(scene.service) })
    const ratio = (figure: keyof Sample) => ratioOf(samples.with, samples.without, figure)
    results.push({
      scenario: 'draws with receipts and proofs, of the rate without',
      connections,
      with: medianSample(samples.with),
      without: medianSample(samples.without),
      ...judged(ratio('rate'), '>=', 0.93),
      p99_ratio: rounded(ratio('p99_ms')),
      cpu_ratio: rounded(ratio('cpu_us')),
      database_ratio: rounded(ratio('database_us')),
    })
  }
  return results
}
