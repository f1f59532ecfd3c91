import { load } from './http-load.ts'
import { resident_mib } from './process.ts'
import type { Result } from './result.ts'
import { medianSample, rounded, type Sample } from './sample.ts'
import { mixed, type Scene } from './scenarios.ts'

const round_s = 10
const connections = 64
/** The first part of the run, in which the program grows to its working size. */
const warmUp = 0.2

/**
 * Measures the executable's memory under reads, draws and exchanges for `minutes`: the resident size at first, of each
 * round, and its slope. Settings of the engine (`BUN_JSC_…`) in this program's own environment are passed on.
 */
export async function memory(scene: Scene, minutes: number): Promise<Result> {
  const { stage } = scene
  const ofEngine = Object.entries(process.env).filter(([name]) => name.startsWith('BUN_JSC_')) as [string, string][]
  const program = await stage.startService(Object.fromEntries(ofEngine), [await stage.buildExecutable()])
  const next = mixed(scene)
  const started_mib = resident_mib(program.pid)
  const rss_mib: number[] = []
  const samples: Sample[] = []
  for (let round = 0; round < (minutes * 60) / round_s; round += 1) {
    samples.push(await load({ program, connections, seconds: round_s, next }))
    rss_mib.push(resident_mib(program.pid))
  }
  const settled = rss_mib.slice(Math.floor(rss_mib.length * warmUp))
  const slope = rounded(slopeOf(settled) * (60 / round_s))
  return {
    scenario: `memory over ${minutes} minutes of load`,
    connections,
    ...medianSample(samples),
    started_mib,
    rss_mib,
    slope_mib_a_minute: slope,
    target: '<= 1',
    met: slope <= 1,
  }
}

/** The least-squares slope over the indexes of the series. */
function slopeOf(series: readonly number[]): number {
  const meanX = (series.length - 1) / 2
  const meanY = series.reduce((sum, y) => sum + y, 0) / series.length
  let covariance = 0
  let variance = 0
  for (const [x, y] of series.entries()) {
    covariance += (x - meanX) * (y - meanY)
    variance += (x - meanX) ** 2
  }
  return variance === 0 ? 0 : covariance / variance
}
