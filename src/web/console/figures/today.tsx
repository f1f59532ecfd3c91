import { points } from '../../shared/time.ts'
import { linkTo } from '../place.ts'
import { may } from '../standing.ts'
import type { Figures } from './state.ts'
import { texts } from './texts.ts'

const words = texts.today
const names = [
  ...(['given', 'spent', 'uploads', 'approved', 'rejected', 'draws', 'exchanges', 'new_users'] as const),
  'review_minutes',
] as const
type Name = (typeof names)[number]

const weekday = new Intl.DateTimeFormat('zh-CN', { weekday: 'short', timeZone: 'UTC' })
const time = new Intl.DateTimeFormat('zh-CN', { hour: '2-digit', minute: '2-digit' })

/** Today so far beside the same day of last week, until the same time. */
export function Today({ figures: { today, last_week }, pending }: { figures: Figures; pending: number }) {
  return (
    <section class="today-figures">
      <header>
        <h2>{words.title}</h2>
        <p class="hint">
          {words.until(weekday.format(new Date(last_week.day)), time.format(new Date(last_week.until)))}
        </p>
      </header>
      <dl class="tiles">
        <div>
          <dt>{words.pending}</dt>
          <dd>
            <b>{points(pending)}</b>
            {may('reviews') && pending > 0 ? (
              <a class="link" href={linkTo('reviews')}>
                {words.toReviews}
              </a>
            ) : (
              <small>{words.now}</small>
            )}
          </dd>
        </div>
        {names.map((name) => (
          <div key={name}>
            <dt>{words.names[name]}</dt>
            <dd>
              <b>{written(name, today[name])}</b>
              <small>
                <span>{words.before(written(name, last_week[name]))}</span>{' '}
                <Change was={last_week[name]} is={today[name]} />
              </small>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

const written = (name: Name, value: number | null) =>
  name === 'review_minutes' ? texts.minutes(value) : points(value ?? 0)

function Change({ was, is }: { was: number | null; is: number | null }) {
  return <span>{changeOf(was, is)}</span>
}

function changeOf(was: number | null, is: number | null): string {
  if (was === is) return words.same
  if (!was || is === null) return words.fresh
  const percent = Math.round(((is - was) / was) * 100)
  return `${percent > 0 ? '+' : ''}${points(percent)}%`
}
