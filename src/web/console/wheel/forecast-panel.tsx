import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { prizeRules } from '../../../lottery/prizes.ts'
import { call } from '../../shared/api.ts'
import { resource } from '../../shared/resource.ts'
import { keep, recall } from '../../shared/storage.ts'
import { points } from '../../shared/time.ts'
import { me } from '../../shared/tokens.ts'
import { type Edited, playedOf } from './edited.ts'
import { forecastOf } from './forecast.ts'
import { texts } from './texts.ts'

const words = texts.forecast

/** What the forecaster typed: turns of a day, and what each voucher costs in yuan. Empty: nothing. */
interface Assumed {
  turns: string
  costs: Readonly<Record<number, string>>
}

const nothing: Assumed = { turns: '', costs: {} }
const name = () => `wheel-day:${me()}`
const assumed = signal(nothing)
/** The turns of the last days, on average. */
const average = resource(async () => {
  const figures = await call('GET /merchant/statistics', { query: { period: 'week' } })
  if (!('draws' in figures)) return { days: 0, turns: 0 }
  const days = figures.series.length
  return { days, turns: Math.round(figures.draws / Math.max(1, days)) }
})
const usual = 100

function assume(changes: Partial<Assumed>): void {
  assumed.value = { ...assumed.value, ...changes }
  keep(name(), assumed.value)
}

/** The typed amount in fen; 0 for what is no amount. */
function fenIn(yuan: string): number {
  return /^\d{1,6}(\.\d{1,2})?$/.test(yuan.trim()) ? Math.round(Number(yuan) * 100) : 0
}

/** What a day costs and gives, live while the odds are dragged. */
export function ForecastPanel({ wheel }: { wheel: Edited }) {
  useEffect(() => {
    assumed.value = recall<Assumed>(name()) ?? nothing
    void average.load()
  }, [])
  const { turns, costs } = assumed.value
  const known = average.value.value
  const likely = known && known.turns > 0 ? known.turns : usual
  const day = {
    turns: turns === '' ? likely : Number(turns) || 0,
    cost_points: Number(wheel.cost_points) || 0,
    costs_fen: new Map(wheel.prizes.map(({ prize_id }) => [prize_id, fenIn(costs[prize_id] ?? '')])),
  }
  const { paid, won, vouchers, cost_fen } = forecastOf(playedOf(wheel), day)
  const withVoucher = wheel.prizes.filter(({ prize_type }) => prizeRules[prize_type].hasVoucher)
  return (
    <section class="panel forecast">
      <h2>{words.title}</h2>
      <label>
        {words.turns}
        <input
          type="text"
          inputMode="numeric"
          autocomplete="off"
          placeholder={`${likely}`}
          value={turns}
          onInput={({ currentTarget }) => assume({ turns: currentTarget.value.replace(/\D/g, '').slice(0, 6) })}
        />
      </label>
      {known && known.turns > 0 && <p class="hint">{words.average(known.days, points(known.turns))}</p>}
      <dl class="figures">
        <div>
          <dt>{words.paid}</dt>
          <dd>{points(Math.round(paid))}</dd>
        </div>
        <div>
          <dt>{words.won}</dt>
          <dd>{points(Math.round(won))}</dd>
        </div>
        <div>
          <dt>{words.net}</dt>
          <dd>{points(Math.round(paid) - Math.round(won))}</dd>
        </div>
        <div>
          <dt>{words.cost}</dt>
          <dd>{words.yuan(cost_fen)}</dd>
        </div>
      </dl>
      <h3>{words.vouchers}</h3>
      <ul class="vouchers">
        {withVoucher.map(({ prize_id, prize_name, color }) => (
          <li key={prize_id}>
            <i class="dot" style={{ background: color }} aria-hidden="true" />
            <span>{prize_name}</span>
            <b>{words.count((vouchers.get(prize_id) ?? 0).toFixed(1))}</b>
            <input
              type="text"
              inputMode="decimal"
              autocomplete="off"
              placeholder="¥"
              aria-label={words.each(prize_name)}
              value={costs[prize_id] ?? ''}
              onInput={({ currentTarget }) => assume({ costs: { ...costs, [prize_id]: currentTarget.value } })}
            />
          </li>
        ))}
      </ul>
      <p class="hint">{words.hint}</p>
    </section>
  )
}
