import { useSignal } from '@preact/signals'
import { prizeRules } from '../../../lottery/prizes.ts'
import { call } from '../../shared/api.ts'
import type { Answer, Sent } from '../../shared/calls.ts'
import { complain, Sheet, say } from '../../shared/parts.tsx'
import { points } from '../../shared/time.ts'
import { askThis } from '../ask.ts'
import { typeInto, useDraft } from '../draft.ts'
import { Movements, useMovements } from '../movements.tsx'
import { state } from './edited.ts'
import { texts } from './texts.ts'

const words = texts.stock
type Fields = Answer<'GET /merchant/prizes'>['current']
type Prize = Fields['prizes'][number]

/** What is left of each prize. It is no part of a version: a change holds at once. */
export function PrizeStock({ wheel }: { wheel: Fields }) {
  const chosen = useSignal<number | null>(null)
  const prize = wheel.prizes.find(({ prize_id }) => prize_id === chosen.value)
  const fixedOf = ({ prize_id, prize_type }: Prize) => {
    if (prize_id === wheel.pity_prize_id) return words.fixed.pity
    return prizeRules[prize_type].isWin ? undefined : words.fixed.empty
  }
  return (
    <section class="panel">
      <h2>{words.title}</h2>
      <ul class="rows">
        {wheel.prizes.map((one) => {
          const fixed = fixedOf(one)
          return (
            <li key={one.prize_id}>
              <i class="dot" style={{ background: one.color }} aria-hidden="true" />
              <div>
                <b>{one.prize_name}</b>
                <small>
                  {fixed ?? (one.stock_remaining === null ? words.unlimited : words.left(points(one.stock_remaining)))}
                </small>
              </div>
              {!fixed && (
                <button
                  type="button"
                  class="second"
                  aria-label={words.change(one.prize_name)}
                  onClick={() => (chosen.value = one.prize_id)}
                >
                  {words.adjust}
                </button>
              )}
            </li>
          )
        })}
      </ul>
      {prize && <StockSheet key={prize.prize_id} prize={prize} onClose={() => (chosen.value = null)} />}
    </section>
  )
}

function StockSheet({ prize, onClose }: { prize: Prize; onClose: () => void }) {
  const { prize_id, prize_name, stock_remaining } = prize
  const pieces = useDraft(`wheel:stock:${prize_id}:pieces`)
  const reason = useDraft(`wheel:stock:${prize_id}:reason`)
  const isBusy = useSignal(false)
  const movements = useMovements('prize.stock', `prize:${prize_id}`)
  const save = async (wanted: { change: number } | { unlimited: true }) => {
    isBusy.value = true
    const wish: Sent<'POST /merchant/prizes/:id/stock'>['body'] = { ...wanted, reason: reason.text.value.trim() }
    try {
      await askThis(`wheel:stock:${prize_id}`, wish, ({ key, body }) =>
        call('POST /merchant/prizes/:id/stock', { path: { id: `${prize_id}` }, key, body }),
      )
      say(words.saved)
      pieces.drop()
      reason.drop()
    } catch (error) {
      complain(error)
    }
    await Promise.all([state.load(), movements.first()])
    isBusy.value = false
  }
  const submit = (event: Event) => {
    event.preventDefault()
    const change = /^[+-]?\d{1,9}$/.test(pieces.text.value.trim()) ? Number(pieces.text.value) : 0
    if (change === 0) say(words.needNumber, true)
    else void save({ change })
  }
  return (
    <Sheet title={words.change(prize_name)} onClose={onClose}>
      <p>
        <b>{stock_remaining === null ? words.unlimited : words.left(points(stock_remaining))}</b>
      </p>
      <form onSubmit={submit}>
        <label>
          {words.pieces}
          <input
            type="text"
            inputMode="text"
            autocomplete="off"
            required
            value={pieces.text}
            onInput={typeInto(pieces.text)}
          />
        </label>
        <label>
          {words.reason}
          <input type="text" maxLength={200} value={reason.text} onInput={typeInto(reason.text)} />
        </label>
        <div class="beside">
          <button type="submit" class="main" disabled={isBusy.value}>
            {words.save}
          </button>
          {stock_remaining !== null && (
            <button type="button" class="second" disabled={isBusy.value} onClick={() => save({ unlimited: true })}>
              {words.makeUnlimited}
            </button>
          )}
        </div>
      </form>
      <Movements list={movements} field="stock_remaining" />
    </Sheet>
  )
}
