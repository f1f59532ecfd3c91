import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call } from '../../shared/api.ts'
import type { Answer } from '../../shared/calls.ts'
import { ago, exactTime, points } from '../../shared/time.ts'
import { Photo } from './photo.tsx'
import type { Item } from './queue.ts'
import { texts } from './texts.ts'

type Other = Answer<'GET /merchant/uploads/:upload_id'>

/** What was typed, what was read, and what it is worth. */
export function Amounts({ item }: { item: Item }) {
  const { input_amount, recognized_amount, estimated_points, read } = item
  const differs = item.flags.some(({ flag }) => flag === 'amount_differs')
  return (
    <dl class={differs ? 'amounts differ' : 'amounts'}>
      <div>
        <dt>{texts.typed}</dt>
        <dd>{input_amount === null ? texts.none : texts.amount(input_amount)}</dd>
      </div>
      <div>
        <dt>{texts.read}</dt>
        <dd>{recognized_amount === null ? (read ? texts.unread : texts.reading) : texts.amount(recognized_amount)}</dd>
      </div>
      <div>
        <dt>{texts.estimate}</dt>
        <dd>{recognized_amount === null ? '—' : points(estimated_points)}</dd>
      </div>
    </dl>
  )
}

/** What a reviewer should look at, in words. */
export function Flags({ item }: { item: Item }) {
  if (item.flags.length === 0) return null
  return (
    <ul class="flags">
      {item.flags.map(({ flag, upload_id }) => (
        <li key={`${flag}${upload_id}`}>{texts.flag[flag]}</li>
      ))}
    </ul>
  )
}

export function Sender({ item: { user, created_at } }: { item: Item }) {
  return (
    <p class="sender">
      <b>{texts.sentBy(user.nickname, user.mobile)}</b>
      <small>
        <time dateTime={created_at} title={exactTime(created_at)}>
          {ago(created_at)}
        </time>
      </small>
    </p>
  )
}

/** What else was read on it. */
export function Facts({ item: { receipt, read } }: { item: Item }) {
  const rows = [
    [texts.merchant, receipt.merchant_name],
    [texts.paidAt, receipt.paid_at?.replace('T', ' ').slice(0, 16)],
    [texts.number, receipt.number],
    [texts.invoice, read?.invoice && `${texts.amount(read.invoice.amount)} · ${read.invoice.note}`],
    [texts.read, read && read.amount !== null ? texts.confidence(read.confidence) : null],
  ] as const
  const known = rows.filter(([, value]) => value)
  if (known.length === 0) return <p class="hint">{texts.noFacts}</p>
  return (
    <dl class="facts">
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** The other photo that a flag names, to look at both at once. */
export function OtherPhoto({ item }: { item: Item }) {
  const other = useSignal<Other | null>(null)
  const id = item.flags.find(({ upload_id }) => upload_id !== null)?.upload_id
  useEffect(() => {
    let isWanted = true
    if (id)
      call('GET /merchant/uploads/:upload_id', { path: { upload_id: id } }).then(
        (found) => {
          if (isWanted) other.value = found
        },
        // The photo beside is a help; the receipt can be reviewed without it.
        () => {},
      )
    return () => {
      isWanted = false
    }
  }, [id])
  if (!other.value) return null
  const { image_url, read, user, created_at, review_status } = other.value
  return (
    <div class="other">
      <Photo url={image_url} alt={texts.otherPhoto} boxes={read?.boxes} />
      <p>{texts.other(user.nickname, ago(created_at), texts.status[review_status])}</p>
    </div>
  )
}
