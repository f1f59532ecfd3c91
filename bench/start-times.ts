import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Result } from './result.ts'
import { median } from './sample.ts'
import { freePort, type Stage } from './stage.ts'

const root = resolve(import.meta.dir, '..')
const patience_ms = 60_000

/** Measures how soon a service is healthy: the executable on a ready database, and a second start of the default. */
export async function startTimes(stage: Stage, rounds: number): Promise<Result[]> {
  const { settings, dir } = stage
  const executable = await stage.buildExecutable()
  const embedded = join(dir, 'embedded')
  mkdirSync(embedded)
  const source = [process.execPath, join(root, 'src/main.ts')]
  return [
    await timed('the executable, from its start to healthy', [executable], settings, rounds, 1_000),
    await timed(
      'the embedded default, started again',
      source,
      { HOST: '127.0.0.1', DATA_DIR: embedded },
      rounds,
      2_000,
    ),
  ]
}

async function timed(
  scenario: string,
  command: string[],
  settings: Readonly<Record<string, string>>,
  rounds: number,
  most_ms: number,
): Promise<Result> {
  const all: number[] = []
  // The first start is not counted: it prepares the database.
  for (let round = 0; round <= rounds; round += 1) all.push(await timeToHealthy(command, settings))
  const times_ms = all.slice(1).map(Math.round)
  const figure = median(times_ms)
  return { scenario, times_ms, median_ms: figure, target: `< ${most_ms} ms`, met: figure < most_ms }
}

async function timeToHealthy(command: string[], settings: Readonly<Record<string, string>>): Promise<number> {
  const { PATH = '', HOME = '' } = process.env
  const port = freePort()
  const startedAt = performance.now()
  const child = Bun.spawn([...command, 'serve'], {
    env: { PATH, HOME, ...settings, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  try {
    while (!(await isHealthy(port))) {
      if (child.exitCode !== null || performance.now() - startedAt > patience_ms) throw new Error('no start')
      await Bun.sleep(2)
    }
    return performance.now() - startedAt
  } finally {
    child.kill('SIGTERM')
    await child.exited
  }
}

function isHealthy(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/health`).then(
    ({ ok }) => ok,
    () => false,
  )
}
