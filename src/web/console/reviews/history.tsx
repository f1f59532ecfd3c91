import { computed } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call } from '../../shared/api.ts'
import { PagedList } from '../../shared/parts.tsx'
import { pages } from '../../shared/resource.ts'
import { exactTime } from '../../shared/time.ts'
import { Choices } from '../choices.tsx'
import { place, setFilters } from '../place.ts'
import { texts } from './texts.ts'

const statuses = ['approved', 'rejected', 'expired'] as const
const status = computed(() => statuses.find((one) => one === place.value.filters.status))
const day = (name: 'from' | 'to') => {
  const typed = place.value.filters[name] ?? ''
  return /^\d{4}-\d\d-\d\d$/.test(typed) ? typed : undefined
}

const list = pages(async (page) => {
  const query = { page, status: status.value, from: day('from'), to: day('to') }
  const { reviews, pagination } = await call('GET /merchant/reviews/history', { query })
  return { items: reviews, pagination }
})

/** What was decided, by whom and when. */
export function History() {
  useEffect(() => void list.first(), [status.value, day('from'), day('to')])
  return (
    <>
      <div class="filters">
        <Choices
          name={texts.statusFilter}
          filter="status"
          choices={[['', texts.shows.all], ...statuses.map((one) => [one, texts.status[one]] as const)]}
        />
        <DayFilter name="from" label={texts.from} />
        <DayFilter name="to" label={texts.to} />
      </div>
      <PagedList
        list={list}
        empty={texts.historyEmpty}
        row={({
          upload_id,
          preview_url,
          user,
          reviewer,
          review_status,
          points_awarded,
          review_reason,
          review_time,
        }) => (
          <li key={upload_id}>
            <img class="thumb" src={preview_url} alt="" width="56" height="56" loading="lazy" />
            <div>
              <b>{user.nickname}</b>
              <small>{review_reason}</small>
              <small>
                {review_time && exactTime(review_time)}
                {reviewer && ` · ${texts.by(reviewer.nickname)}`}
              </small>
            </div>
            {points_awarded > 0 ? (
              <span class="gain">{texts.gained(points_awarded)}</span>
            ) : (
              <span class={`state ${review_status}`}>{texts.status[review_status]}</span>
            )}
          </li>
        )}
      />
    </>
  )
}

function DayFilter({ name, label }: { name: 'from' | 'to'; label: string }) {
  return (
    <label>
      {label}
      <input
        type="date"
        value={day(name) ?? ''}
        onChange={({ currentTarget }) => setFilters({ [name]: currentTarget.value })}
      />
    </label>
  )
}
