import type { Result } from './draws.ts'
import { texts } from './texts.ts'

/** What one turn gave, in words. */
export function sentenceOfResult(result: Result): string {
  const { prize_name, prize_type, points_awarded, voucher, is_pity, is_near_miss, is_activity } = result
  const parts = [prize_type === 'empty' ? texts.wheel.lost(prize_name) : texts.wheel.won(prize_name)]
  if (is_activity) parts.unshift(texts.wheel.big)
  if (points_awarded > 0) parts.push(texts.wheel.gained(points_awarded))
  if (voucher) parts.push(texts.wheel.inWallet)
  if (is_pity) parts.push(texts.wheel.guaranteed)
  if (is_near_miss) parts.push(texts.wheel.near)
  return parts.join(' · ')
}

export function ResultRow({ result }: { result: Result }) {
  const { prize_name, color, points_awarded, voucher, is_pity, is_near_miss, is_activity } = result
  const marks = [
    is_activity && texts.wheel.big,
    is_pity && texts.wheel.guaranteed,
    is_near_miss && texts.wheel.near,
    voucher && texts.wheel.inWallet,
  ].filter(Boolean)
  return (
    <li>
      <i class="dot" style={{ background: color }} aria-hidden="true" />
      <div>
        <b>{prize_name}</b>
        {marks.length > 0 && <small>{marks.join(' · ')}</small>}
      </div>
      {points_awarded > 0 && <span class="gain">{texts.wheel.gained(points_awarded)}</span>}
    </li>
  )
}
