import type { Till } from '../till/till.ts'
import type { WheelLimits } from './announced-wheel.ts'
import { changeWheel } from './change-wheel.ts'
import { recordWheel } from './record-wheel.ts'
import { WheelIsNotReady } from './wheel-in-force.ts'

const mostTries = 3

/**
 * Runs an operation of the wheel. Where a change is due, it comes into force first, however late its job is. A version
 * that nobody has written down is written down first.
 */
export async function withWheelInForce<T>(till: Till, limits: WheelLimits, run: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof WheelIsNotReady) || tries === mostTries) throw error
      if (error.missing === 'change') await till.run(changeWheel, limits)
      else await till.run(recordWheel, limits)
    }
  }
}
