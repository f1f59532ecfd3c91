import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { effectiveOdds } from '../../../fairness/odds.ts'
import { oddsSum } from '../../../lottery/wheel.ts'
import { call } from '../../shared/api.ts'
import type { Answer } from '../../shared/calls.ts'
import { complain, Sheet, say } from '../../shared/parts.tsx'
import { exactTime, points } from '../../shared/time.ts'
import { useWheelPicture } from '../../shared/wheel-picture.ts'
import { askThis } from '../ask.ts'
import { pityLimit, state } from './edited.ts'
import { percentOf } from './odds.ts'
import { texts } from './texts.ts'

const words = texts.tomorrow
type State = Answer<'GET /merchant/prizes'>

const percent = (probability: number) => `${percentOf(probability * oddsSum)}%`

/** What diners will see from the next business day on, beside what they see today. */
export function Tomorrow({ wheels: { current, next } }: { wheels: State }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const then = next ?? current
  useWheelPicture(canvas, then.prizes)
  const today = new Map(current.prizes.map(({ prize_id, probability }) => [prize_id, probability]))
  const shares = effectiveOdds({
    pityPrizeId: then.pity_prize_id,
    pityLimit: pityLimit.value.value ?? 10,
    prizes: then.prizes.map(({ prize_id, probability }) => ({ prize_id, probability: probability * oddsSum })),
  })
  return (
    <div class="tomorrow">
      <section class="ring-place">
        <canvas
          ref={canvas}
          class="plain-wheel"
          role="img"
          aria-label={texts.picture(then.prizes.map(({ prize_name }) => prize_name).join('、'))}
        />
      </section>
      <section class="panel">
        <h2>{next ? words.from(exactTime(next.effective_from)) : words.none}</h2>
        <p class="hint">
          {words.cost(points(then.cost_points))}
          {next && ` · ${words.announced}`}
        </p>
        <table class="came">
          <thead>
            <tr>
              <th scope="col">{texts.play.prize}</th>
              {next && <th scope="col">{words.today}</th>}
              <th scope="col">{next ? words.later : words.today}</th>
              <th scope="col">{words.effective}</th>
            </tr>
          </thead>
          <tbody>
            {then.prizes.map(({ prize_id, prize_name, probability, color }) => (
              <tr key={prize_id} data-changed={next !== null && today.get(prize_id) !== probability}>
                <th scope="row">
                  <i class="dot" style={{ background: color }} aria-hidden="true" />
                  {prize_name}
                </th>
                {next && <td>{percent(today.get(prize_id) ?? 0)}</td>}
                <td class="new">{percent(probability)}</td>
                <td>{percent(Math.round((shares.get(prize_id) ?? 0) * oddsSum) / oddsSum)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {next && <Withdraw />}
      </section>
    </div>
  )
}

function Withdraw() {
  const isAsking = useSignal(false)
  const isBusy = useSignal(false)
  const withdraw = async () => {
    isBusy.value = true
    try {
      await askThis('wheel:withdraw', {}, ({ key }) => call('DELETE /merchant/prizes/next', { key }))
      say(words.withdrawn)
    } catch (error) {
      complain(error)
    }
    await state.load()
    isBusy.value = false
  }
  return (
    <>
      <button type="button" class="second" onClick={() => (isAsking.value = true)}>
        {words.withdraw}
      </button>
      {isAsking.value && (
        <Sheet title={words.withdrawSure} onClose={() => (isAsking.value = false)}>
          <button type="button" class="main wide" disabled={isBusy.value} onClick={withdraw}>
            {words.withdraw}
          </button>
        </Sheet>
      )}
    </>
  )
}
