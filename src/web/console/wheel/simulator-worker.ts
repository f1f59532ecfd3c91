import { oddsSum } from '../../../lottery/wheel.ts'
import { type Played, simulate } from './simulate.ts'

/** What the page asks of the worker. */
export interface Asked {
  wheel: Played
  turns: number
}

const drawn = new Uint32Array(4_096)
/** Above it the numbers would not be spread evenly over the odds. */
const evenBelow = Math.floor(2 ** 32 / oddsSum) * oddsSum
let next = drawn.length

/** A uniform whole number below {@link oddsSum}, from the browser's cryptographic generator. */
function roll(): number {
  for (;;) {
    if (next === drawn.length) {
      crypto.getRandomValues(drawn)
      next = 0
    }
    const value = drawn[next] ?? 0
    next += 1
    if (value < evenBelow) return value % oddsSum
  }
}

addEventListener('message', ({ data }: MessageEvent<Asked>) => {
  postMessage(simulate(data.wheel, data.turns, roll))
})
