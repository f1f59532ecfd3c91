import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call } from '../shared/api.ts'
import type { Answer } from '../shared/calls.ts'
import { hear } from '../shared/live.ts'
import { PagedList } from '../shared/parts.tsx'
import { type Pages, pages } from '../shared/resource.ts'
import { ago, exactTime } from '../shared/time.ts'
import { texts } from './texts.ts'
import { UploadForm } from './upload-form.tsx'

type Receipt = Answer<'GET /photo/history'>['records'][number]

/** Sends a receipt, and shows what became of the others. */
export function Receipts() {
  const kept = useSignal(
    pages(async (page) => {
      const { records, pagination } = await call('GET /photo/history', { query: { page } })
      return { items: records, pagination }
    }),
  )
  const list = kept.value
  useEffect(() => follow(list), [list])
  return (
    <>
      <UploadForm onSent={list.first} />
      <h2>{texts.receipts.history}</h2>
      <PagedList list={list} empty={texts.receipts.empty} row={(item) => <Row key={item.upload_id} receipt={item} />} />
    </>
  )
}

/** Shows a reading, and staff's decision, as they come. */
function follow(list: Pages<Receipt>): () => void {
  void list.first()
  const edit = (upload_id: string, change: Partial<Receipt>) => {
    const known = list.items.value
    if (known) list.items.value = known.map((item) => (item.upload_id === upload_id ? { ...item, ...change } : item))
  }
  const stops = [
    hear('receipt_read', ({ upload_id, recognized_amount, estimated_points }) =>
      edit(upload_id, { recognized_amount, estimated_points }),
    ),
    hear('review_result', ({ upload_id, status, points_awarded, review_reason }) =>
      edit(upload_id, { review_status: status, points_awarded, review_reason }),
    ),
    hear('connected', list.first),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

function Row({ receipt }: { receipt: Receipt }) {
  const { image_url, input_amount, recognized_amount, estimated_points, review_status, points_awarded } = receipt
  const amount =
    recognized_amount !== null
      ? texts.receipts.read(recognized_amount)
      : input_amount === null
        ? texts.receipts.reading
        : texts.receipts.typed(input_amount)
  return (
    <li data-upload={receipt.upload_id}>
      <img class="thumb" src={image_url} alt={texts.receipts.photo} loading="lazy" width="56" height="56" />
      <div>
        <b>{amount}</b>
        <small>
          {review_status === 'pending' && texts.receipts.estimate(estimated_points)}
          {review_status === 'approved' && texts.receipts.awarded(points_awarded)}
          {(review_status === 'rejected' || review_status === 'expired') && receipt.review_reason}
        </small>
        <small title={exactTime(receipt.created_at)}>{ago(receipt.created_at)}</small>
      </div>
      <span class={`state ${review_status}`}>{texts.receipts.status[review_status]}</span>
    </li>
  )
}
