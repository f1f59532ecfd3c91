import { computed } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call } from '../../shared/api.ts'
import { hear } from '../../shared/live.ts'
import { PagedList } from '../../shared/parts.tsx'
import { pages } from '../../shared/resource.ts'
import { ago } from '../../shared/time.ts'
import { place, setFilters } from '../place.ts'
import { texts } from './texts.ts'

const statuses = ['pending', 'approved', 'rejected', 'expired'] as const
const status = computed(() => statuses.find((one) => one === place.value.filters.status) ?? 'pending')
const list = pages(async (page) => {
  const query = { page, status: status.value }
  const { reviews, pagination } = await call('GET /merchant/pending-reviews', { query })
  return { items: reviews, pagination }
})

/** The receipts that wait for a review, or that were reviewed. */
export function Reviews() {
  useEffect(() => void list.first(), [status.value])
  useEffect(() => hear('merchant_notification', list.first), [])
  return (
    <>
      <fieldset class="choices">
        <legend class="unseen">{texts.filters}</legend>
        {statuses.map((one) => (
          <button
            key={one}
            type="button"
            class="chip"
            aria-pressed={status.value === one}
            onClick={() => setFilters({ status: one === 'pending' ? '' : one })}
          >
            {texts.status[one]}
          </button>
        ))}
      </fieldset>
      <PagedList
        list={list}
        empty={texts.empty}
        row={({ upload_id, preview_url, input_amount, user, created_at }) => (
          <li key={upload_id}>
            <img class="thumb" src={preview_url} alt="" width="56" height="56" />
            <div>
              <b>{texts.amount(input_amount)}</b>
              <small>
                {user.nickname} · {ago(created_at)}
              </small>
            </div>
          </li>
        )}
      />
    </>
  )
}
