import { makeSeedChain } from '../src/fairness/chain.ts'
import { day_ms } from '../src/lib/calendar.ts'
import { makeSignerKey } from '../src/tlog/format/notes.ts'

const chain_days = 30

/** The settings with which a service proves its draws. */
export function makeProofSettings(): { LOG_KEY: string; DRAW_SEED: string } {
  return {
    LOG_KEY: makeSignerKey('bench.example/log'),
    DRAW_SEED: makeSeedChain(Math.floor(Date.now() / day_ms) + chain_days),
  }
}
