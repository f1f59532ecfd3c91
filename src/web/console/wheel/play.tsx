import { useSignal } from '@preact/signals'
import { effectiveOdds } from '../../../fairness/odds.ts'
import { say } from '../../shared/parts.tsx'
import { points } from '../../shared/time.ts'
import { type Edited, isChanged, playedOf } from './edited.ts'
import type { Played, Simulated } from './simulate.ts'
import { playInWorker } from './simulator.ts'
import { texts } from './texts.ts'

const turns = 100_000
const words = texts.play

const percent = (share: number) => `${(share * 100).toFixed(2)}%`

/** Plays the draft many times over, and holds what came against what was expected. */
export function Play({ wheel }: { wheel: Edited }) {
  const isBusy = useSignal(false)
  const result = useSignal<{ played: Played; names: readonly string[]; came: Simulated } | null>(null)
  const start = async () => {
    isBusy.value = true
    const played = playedOf(wheel)
    try {
      const came = await playInWorker({ wheel: played, turns })
      result.value = { played, names: wheel.prizes.map(({ prize_name }) => prize_name), came }
    } catch {
      say(words.failed, true)
    }
    isBusy.value = false
  }
  return (
    <section class="panel play" aria-busy={isBusy.value}>
      <h2>{words.title}</h2>
      <p class="hint">
        {words.hint}
        {isChanged.value && ` · ${words.ofDraft}`}
      </p>
      <button type="button" class="main" disabled={isBusy.value} onClick={start}>
        {isBusy.value ? words.busy : result.value ? words.again : words.start}
      </button>
      {result.value && <Came {...result.value} wheel={wheel} />}
    </section>
  )
}

interface CameProps {
  played: Played
  names: readonly string[]
  came: Simulated
  wheel: Edited
}

function Came({ played, names, came, wheel }: CameProps) {
  const shares = effectiveOdds(played)
  const widest = Math.max(...came.counts) / came.turns
  return (
    <div role="status">
      <table class="came">
        <thead>
          <tr>
            <th scope="col">{words.prize}</th>
            <th scope="col">{words.expected}</th>
            <th scope="col">{words.came}</th>
            <th scope="col">{words.count}</th>
          </tr>
        </thead>
        <tbody>
          {played.prizes.map(({ prize_id }, at) => {
            const share = (came.counts[at] ?? 0) / came.turns
            const color = wheel.prizes[at]?.color ?? 'currentColor'
            return (
              <tr key={prize_id}>
                <th scope="row">
                  {names[at]}
                  <span class="bar" aria-hidden="true">
                    <i style={{ width: `${(share / widest) * 100}%`, background: color }} />
                  </span>
                </th>
                <td>{percent(shares.get(prize_id) ?? 0)}</td>
                <td>{percent(share)}</td>
                <td>{points(came.counts[at] ?? 0)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
      <dl class="figures">
        <div>
          <dt>{words.sums.points}</dt>
          <dd>{(came.points / came.turns).toFixed(2)}</dd>
        </div>
        <div>
          <dt>{words.sums.guaranteed}</dt>
          <dd>{words.sums.times(points(came.guaranteed))}</dd>
        </div>
        <div>
          <dt>{words.sums.nearMisses}</dt>
          <dd>{words.sums.times(points(came.nearMisses))}</dd>
        </div>
        <div>
          <dt>{words.sums.longestDry}</dt>
          <dd>{words.sums.times(points(came.longestDry))}</dd>
        </div>
      </dl>
    </div>
  )
}
