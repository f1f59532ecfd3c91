import { makeSeedChain, seedChainOf } from '../fairness/chain.ts'
import { day_ms } from '../lib/calendar.ts'
import type { Command } from './command.ts'
import { UsageError } from './usage.ts'
import { writeSecret } from './write-secret.ts'

const defaultYears = 10
const year_days = 366

/** Makes the chain of seeds for the draws of some years. */
export const seedsCommand: Command = async ({ args, print }) => {
  const [verb, file, years = `${defaultYears}`, ...rest] = args
  if (verb !== 'make' || file === undefined || !/^[1-9]\d?$/.test(years) || rest.length > 0)
    throw new UsageError('seeds takes: make, a file, and perhaps for how many years (10).')
  const line = makeSeedChain(Math.floor(Date.now() / day_ms) + Number(years) * year_days)
  writeSecret(file, line)
  print(`The chain ${seedChainOf(line).id} is in ${file}. It draws once the log has announced it for a full day.`)
  return 0
}
