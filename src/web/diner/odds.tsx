import type { Answer } from '../shared/calls.ts'
import { Sheet } from '../shared/parts.tsx'
import { exactTime } from '../shared/time.ts'
import { texts } from './texts.ts'

type Config = Answer<'GET /lottery/config'>

const percent = (probability: number) => `${(probability * 100).toFixed(2).replace(/\.?0+$/, '')}%`

/** The odds as the wheel has them, the guarantee, and what is announced. */
export function Odds({ config, onClose }: { config: Config; onClose: () => void }) {
  const { prizes, user_pity, next_change } = config
  const pityPrize = prizes.find(({ prize_id }) => prize_id === user_pity.pity_prize_id)
  return (
    <Sheet title={texts.odds.title} onClose={onClose}>
      <OddsTable prizes={prizes} />
      {pityPrize && <p class="hint">{texts.odds.pity(user_pity.pity_limit, pityPrize.prize_name)}</p>}
      {next_change && (
        <>
          <h3>{texts.odds.change(exactTime(next_change.effective_from))}</h3>
          <OddsTable prizes={next_change.prizes} />
        </>
      )}
    </Sheet>
  )
}

type Listed = Pick<Config['prizes'][number], 'prize_id' | 'prize_name' | 'color' | 'probability'> &
  Partial<Pick<Config['prizes'][number], 'sold_out' | 'stock_remaining'>>

function OddsTable({ prizes }: { prizes: readonly Listed[] }) {
  return (
    <table class="odds">
      <thead>
        <tr>
          <th scope="col">{texts.odds.prize}</th>
          <th scope="col">{texts.odds.declared}</th>
        </tr>
      </thead>
      <tbody>
        {prizes.map(({ prize_id, prize_name, color, probability, sold_out, stock_remaining }) => (
          <tr key={prize_id}>
            <td>
              <i class="dot" style={{ background: color }} aria-hidden="true" />
              {prize_name}
              {sold_out && <small> {texts.odds.soldOut}</small>}
              {!sold_out && typeof stock_remaining === 'number' && <small> {texts.odds.left(stock_remaining)}</small>}
            </td>
            <td>{percent(probability)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
