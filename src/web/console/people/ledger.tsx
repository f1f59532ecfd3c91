import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call } from '../../shared/api.ts'
import { PagedList } from '../../shared/parts.tsx'
import { pages } from '../../shared/resource.ts'
import { exactTime, points } from '../../shared/time.ts'
import { Choices } from '../choices.tsx'
import { place } from '../place.ts'
import type { Person } from './person.ts'
import { texts } from './texts.ts'

type Source = Exclude<keyof typeof texts.sources, ''>

const sources = Object.entries(texts.sources)

const source = () => {
  const named = place.value.filters.source ?? ''
  return named !== '' && named in texts.sources ? (named as Source) : undefined
}

/** How somebody came to their balance, newest first. */
export function Ledger({ person: { user, total_points } }: { person: Person }) {
  const path = { id: String(user.user_id) }
  const list = useSignal(
    pages(async (page) => {
      const query = { page, source: source() }
      const { records, pagination } = await call('GET /merchant/users/:id/points', { path, query })
      return { items: records, pagination }
    }),
  ).value
  useEffect(() => void list.first(), [source(), total_points])
  return (
    <section class="panel ledger">
      <h2>{texts.ledger}</h2>
      <Choices name={texts.source} filter="source" choices={sources} />
      <PagedList
        list={list}
        empty={texts.empty}
        row={({ id, points: moved, description, balance_after, created_at }) => (
          <li key={id}>
            <div>
              <b>{description}</b>
              <small>
                {exactTime(created_at)} · {texts.after(balance_after)}
              </small>
            </div>
            <span class={moved > 0 ? 'gain' : 'cost'}>
              {moved > 0 ? '+' : '−'}
              {points(Math.abs(moved))}
            </span>
          </li>
        )}
      />
    </section>
  )
}
