import { makeSeedChain, type SeedChain, seedChainOf } from '../fairness/chain.ts'
import { day_ms } from '../lib/calendar.ts'
import type { Progress } from '../lib/progress.ts'
import type { Command } from './command.ts'
import { UsageError } from './usage.ts'
import { writeSecret } from './write-secret.ts'

const defaultYears = 10
const year_days = 366

/** Makes the chain of seeds for the draws of some years. */
export const seedsCommand: Command = async ({ args, print, progress }) => {
  const [verb, file, years = `${defaultYears}`, ...rest] = args
  if (verb !== 'make' || file === undefined || !/^[1-9]\d?$/.test(years) || rest.length > 0)
    throw new UsageError('seeds takes: make, a file, and perhaps for how many years (10).')
  const today = Math.floor(Date.now() / day_ms)
  const line = makeSeedChain(today + Number(years) * year_days)
  const chain = seedChainOf(line)
  walk(chain, today, progress)
  writeSecret(file, line)
  print(`The chain ${chain.id} is in ${file}. It draws once the log has announced it for a full day.`)
  return 0
}

/** Makes every seed once, from the last epoch back to `today`: what is written down can be drawn with. */
function walk(chain: SeedChain, today: number, progress: Progress): void {
  const total = chain.lastEpoch - today
  for (let done = 0; done <= total; done += 1) {
    progress('seeds', done, total)
    chain.seedOf(chain.lastEpoch - done)
  }
}
