import { useEffect } from 'preact/hooks'
import { Failed, Skeleton } from '../../shared/parts.tsx'
import { points } from '../../shared/time.ts'
import { Choices } from '../choices.tsx'
import { useFresh } from '../fresh.ts'
import { own, ownPeriod } from './state.ts'
import { texts } from './texts.ts'

const words = texts.own

/** What the caller reviewed, for those who see no more. */
export function Own() {
  useFresh(own.load)
  useEffect(() => void own.load(), [ownPeriod.value])
  const shown = own.value.value
  return (
    <>
      <Choices name={texts.period} filter="period" choices={words.periods} />
      {!shown && (own.error.value ? <Failed error={own.error.value} onRetry={own.load} /> : <Skeleton />)}
      {shown && (
        <section class="today-figures">
          <h2>{words.title}</h2>
          <dl class="tiles">
            {[
              [texts.today.pending, shown.pending] as const,
              [words.total, shown.personal.total] as const,
              [words.approved, shown.personal.approved] as const,
              [words.rejected, shown.personal.rejected] as const,
              [words.points, shown.personal.points_awarded] as const,
            ].map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <b>{points(value)}</b>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
    </>
  )
}
