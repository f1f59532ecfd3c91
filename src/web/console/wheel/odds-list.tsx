import { say } from '../../shared/parts.tsx'
import { linkTo, place } from '../place.ts'
import { change, changeOdds, type Edited, type EditedPrize } from './edited.ts'
import { giveOdds, mostFor, oddsIn, percentOf } from './odds.ts'
import { texts } from './texts.ts'

/** Every prize with its odds. Whoever gets more takes it from those that are not locked. */
export function OddsList({ wheel }: { wheel: Edited }) {
  const odds = wheel.prizes.map((prize) => prize.odds)
  const locked = new Set(wheel.prizes.flatMap(({ prize_id }, at) => (wheel.locked.includes(prize_id) ? [at] : [])))
  return (
    <ul class="odds-list">
      {wheel.prizes.map((prize, at) => (
        <OddsRow
          key={prize.prize_id}
          prize={prize}
          isPity={prize.prize_id === wheel.pity_prize_id}
          most={mostFor(odds, at, locked)}
          isLocked={locked.has(at)}
          onOdds={(wanted) => changeOdds(giveOdds(odds, at, wanted, locked))}
          onLock={() =>
            change({
              locked: locked.has(at)
                ? wheel.locked.filter((id) => id !== prize.prize_id)
                : [...wheel.locked, prize.prize_id],
            })
          }
        />
      ))}
    </ul>
  )
}

interface RowProps {
  prize: EditedPrize
  isPity: boolean
  isLocked: boolean
  most: number
  onOdds: (wanted: number) => void
  onLock: () => void
}

function OddsRow({ prize, isPity, isLocked, most, onOdds, onLock }: RowProps) {
  const { prize_id, prize_name, prize_type, color, is_activity, odds } = prize
  const type = (field: HTMLInputElement) => {
    const wanted = oddsIn(field.value)
    if (wanted === undefined) say(texts.noPercent, true)
    else onOdds(wanted)
    // Whatever was typed: the field shows the odds that the prize has.
    queueMicrotask(() => {
      field.value = percentOf(wanted === undefined ? odds : Math.min(wanted, most))
    })
  }
  return (
    <li>
      <a class="prize" href={linkTo('wheel', `${prize_id}`, place.value.filters)} title={texts.edit(prize_name)}>
        <i class="dot" style={{ background: color }} aria-hidden="true" />
        <b>{prize_name || '—'}</b>
        <small>{texts.types[prize_type]}</small>
        {isPity && <em>{texts.pity}</em>}
        {is_activity && <em>{texts.activity}</em>}
      </a>
      <span class="percent">
        <input
          type="text"
          inputMode="decimal"
          autocomplete="off"
          aria-label={texts.percentOf(prize_name)}
          value={percentOf(odds)}
          disabled={isLocked}
          onChange={({ currentTarget }) => type(currentTarget)}
        />
        %
      </span>
      <button type="button" class="lock" aria-pressed={isLocked} aria-label={texts.lock(prize_name)} onClick={onLock}>
        <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
          <path
            d={isLocked ? 'M7 11V8a5 5 0 0 1 10 0v3M5 11h14v10H5Z' : 'M7 11V8a5 5 0 0 1 9.6-2M5 11h14v10H5Z'}
            fill="none"
            stroke="currentColor"
            stroke-width="1.8"
            stroke-linejoin="round"
          />
        </svg>
      </button>
      <input
        type="range"
        min="0"
        max={most}
        step="1"
        value={odds}
        disabled={isLocked}
        aria-label={texts.oddsOf(prize_name)}
        aria-valuetext={`${percentOf(odds)}%`}
        onInput={({ currentTarget }) => onOdds(Number(currentTarget.value))}
      />
    </li>
  )
}
