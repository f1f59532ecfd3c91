import { useSignal } from '@preact/signals'
import { call, Refused } from '../shared/api.ts'
import { complain, Empty, Failed, Sheet, say } from '../shared/parts.tsx'
import { keep, recall } from '../shared/storage.ts'
import { points } from '../shared/time.ts'
import { me } from '../shared/tokens.ts'
import { Counting } from './counting.tsx'
import { areResultsOpen, draw, hearDraw, isDrawing, isUnheard, shownResults, skipTurns, turnCount } from './draws.ts'
import { Odds } from './odds.tsx'
import { ResultRow, sentenceOfResult } from './results.tsx'
import { balance, shownBalance, toldBalance, wheel } from './state.ts'
import { texts } from './texts.ts'
import { Wheel } from './wheel.tsx'

const closed = 3001

export function WheelPage() {
  const isOddsShown = useSignal(false)
  const { value, error } = wheel
  const fault = error.value
  if (value.value === null && fault instanceof Refused && fault.code === closed)
    return (
      <>
        <Balance />
        <Empty>
          <p>{texts.wheel.closed}</p>
          <a class="second" href="#goods">
            {texts.tabs.goods}
          </a>
        </Empty>
      </>
    )
  if (value.value === null && fault) return <Failed error={fault} onRetry={wheel.load} />
  const config = value.value
  return (
    <>
      <div class="wheel-side">
        <Balance />
        <Pity />
      </div>
      <div class="wheel-place">
        {config ? <Wheel prizes={config.prizes} /> : <div class="wheel" aria-hidden="true" />}
      </div>
      <div class="wheel-act">
        <Outcome />
        <DrawButtons />
        <p class="links">
          <button type="button" class="link" onClick={() => (isOddsShown.value = true)}>
            {texts.wheel.odds}
          </button>
          <LeftToday />
        </p>
      </div>
      {config && isOddsShown.value && <Odds config={config} onClose={() => (isOddsShown.value = false)} />}
      <ManyResults />
    </>
  )
}

function Balance() {
  return (
    <section class="balance" aria-label={texts.wheel.points}>
      <p>
        <Counting value={shownBalance} />
        <span>{texts.wheel.points}</span>
      </p>
      <CheckIn />
    </section>
  )
}

const today = () => new Date().toDateString()
const alreadyToday = 2006

function CheckIn() {
  const name = `checked-in:${me()}`
  const isDone = useSignal(recall<string>(name) === today())
  const isBusy = useSignal(false)
  const checkIn = async () => {
    isBusy.value = true
    try {
      const { points_awarded, streak_days, total_points } = await call('POST /user/check-in')
      toldBalance(total_points)
      say(texts.wheel.checkInDone(points_awarded, streak_days))
      isDone.value = true
    } catch (error) {
      complain(error)
      isDone.value = error instanceof Refused && error.code === alreadyToday
    }
    if (isDone.value) keep(name, today())
    isBusy.value = false
  }
  return (
    <button type="button" class="chip" disabled={isDone.value || isBusy.value} onClick={checkIn}>
      {isDone.value ? texts.wheel.checkedIn : texts.wheel.checkIn}
    </button>
  )
}

function Pity() {
  const config = wheel.value.value
  const prize = config?.prizes.find(({ prize_id }) => prize_id === config.user_pity.pity_prize_id)
  if (!config || !prize) return <p class="pity">&nbsp;</p>
  const { remaining_draws } = config.user_pity
  return (
    <p class="pity">
      {remaining_draws <= 1
        ? texts.wheel.pityNow(prize.prize_name)
        : texts.wheel.pity(remaining_draws, prize.prize_name)}
    </p>
  )
}

function LeftToday() {
  const config = wheel.value.value
  if (!config || config.daily_limit === 0) return null
  return <span>{texts.wheel.leftToday(Math.max(0, config.daily_limit - config.draws_today))}</span>
}

/** One line with what is going on. A screen reader reads each change of it. */
function Outcome() {
  const [results, count] = [shownResults.value, turnCount.value]
  const last = results.at(-1)
  const shortage = (wheel.value.value?.cost_points ?? 0) - (balance.value ?? Number.POSITIVE_INFINITY)
  const words = () => {
    if (isDrawing.value && last && count > 1)
      return `${texts.wheel.turningMany(results.length, count)} · ${sentenceOfResult(last)}`
    if (isDrawing.value) return texts.wheel.turning
    if (last) return sentenceOfResult(last)
    if (shortage > 0) return texts.wheel.short(shortage)
    return texts.wheel.ready
  }
  return (
    <div class={last && !isDrawing.value ? 'outcome landed' : 'outcome'}>
      <p role="status" aria-live="polite" data-turns={results.length}>
        {words()}
      </p>
      {!isDrawing.value && shortage > 0 && (
        <a class="link" href="#receipts">
          {texts.wheel.toReceipt}
        </a>
      )}
      {isDrawing.value && count > 0 && (
        <button type="button" class="link" onClick={skipTurns}>
          {texts.wheel.skip}
        </button>
      )}
      {isUnheard.value && !isDrawing.value && (
        <p class="unheard">
          {texts.wheel.unheard}
          <button type="button" class="link" onClick={hearDraw}>
            {texts.wheel.hear}
          </button>
        </p>
      )}
    </div>
  )
}

function DrawButtons() {
  const offers = wheel.value.value?.draw_types ?? []
  return (
    <div class="draw-buttons">
      {offers.map(({ type, count, cost }) => (
        <button
          key={type}
          type="button"
          class={count === 1 ? 'main' : 'second'}
          disabled={isDrawing.value}
          onClick={() => draw(type)}
        >
          {count === 1 ? texts.wheel.once : texts.wheel.times(count)}
          <small>{count === 1 ? texts.wheel.cost(cost) : points(cost)}</small>
        </button>
      ))}
    </div>
  )
}

/** All results of a draw with several turns, once the last one is there. */
function ManyResults() {
  if (!areResultsOpen.value) return null
  const close = () => {
    areResultsOpen.value = false
  }
  return (
    <Sheet title={texts.wheel.results(turnCount.value)} onClose={close}>
      <ul class="rows results">
        {shownResults.value.map((result) => (
          <ResultRow key={result.draw_sequence} result={result} />
        ))}
      </ul>
      <button type="button" class="main wide" onClick={close}>
        {texts.wheel.again}
      </button>
    </Sheet>
  )
}
