import type { Answer } from '../shared/calls.ts'
import { Sheet } from '../shared/parts.tsx'
import { exactTime } from '../shared/time.ts'
import { texts } from './texts.ts'

type Config = Answer<'GET /lottery/config'>

const percent = (probability: number) => `${(probability * 100).toFixed(2).replace(/\.?0+$/, '')}%`

/** The odds as the wheel has them, the guarantee, and what is announced. */
export function Odds({ config, onClose }: { config: Config; onClose: () => void }) {
  const { prizes, user_pity, next_change, fairness } = config
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
      {fairness && (
        <details class="proof">
          <summary>{texts.odds.fair}</summary>
          <p class="hint">{texts.odds.commitment}</p>
          <code>{fairness.commitment}</code>
          <p>
            <a class="link" href="/verify" target="_blank" rel="noreferrer">
              {texts.check.page}
            </a>
          </p>
        </details>
      )}
    </Sheet>
  )
}

type Listed = Pick<Config['prizes'][number], 'prize_id' | 'prize_name' | 'color' | 'probability'> &
  Partial<Pick<Config['prizes'][number], 'sold_out' | 'stock_remaining' | 'effective_probability'>>

function OddsTable({ prizes }: { prizes: readonly Listed[] }) {
  const hasGuarantee = prizes.some(({ effective_probability }) => effective_probability !== undefined)
  return (
    <table class="odds">
      <thead>
        <tr>
          <th scope="col">{texts.odds.prize}</th>
          <th scope="col">{texts.odds.declared}</th>
          {hasGuarantee && <th scope="col">{texts.odds.effective}</th>}
        </tr>
      </thead>
      <tbody>
        {prizes.map(({ prize_id, prize_name, color, probability, ...more }) => (
          <tr key={prize_id}>
            <td>
              <i class="dot" style={{ background: color }} aria-hidden="true" />
              {prize_name}
              <Left {...more} />
            </td>
            <td>{percent(probability)}</td>
            {hasGuarantee && <td>{percent(more.effective_probability ?? probability)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Left({ sold_out, stock_remaining }: Pick<Listed, 'sold_out' | 'stock_remaining'>) {
  if (sold_out) return <small> {texts.odds.soldOut}</small>
  return typeof stock_remaining === 'number' ? <small> {texts.odds.left(stock_remaining)}</small> : null
}
