import { signal, useSignal } from '@preact/signals'
import { call } from '../../shared/api.ts'
import type { Answer } from '../../shared/calls.ts'
import { askOnce, unheard } from '../../shared/once.ts'
import { complain, Empty, Failed, Skeleton, say } from '../../shared/parts.tsx'
import { ago } from '../../shared/time.ts'
import { me } from '../../shared/tokens.ts'
import { linkTo } from '../place.ts'
import { standing } from '../standing.ts'
import { Flags } from './facts.tsx'
import { change, type Item, isClean, pending, queue, settled } from './queue.ts'
import { Reject } from './reject.tsx'
import { texts } from './texts.ts'

type Action = 'approve' | 'reject'

const asked = 'review-batch'
const chosen = signal<ReadonlySet<string>>(new Set())
/** Why receipts of the last batch were not decided. */
const failures = signal<ReadonlyMap<string, string>>(new Map())
const isBusy = signal(false)

/** Decides about many receipts at once. Each stands alone: one that is refused leaves the others decided. */
async function decideAll(ids: readonly string[], action: Action, reason?: string): Promise<void> {
  if (isBusy.value) return
  isBusy.value = true
  try {
    const body = { reviews: ids.map((upload_id) => ({ upload_id, action, ...(reason ? { reason } : {}) })) }
    const { results } = await askOnce(me(), asked, body, ({ key, body: sent }) =>
      call('POST /merchant/batch-review', { key, body: sent }),
    )
    tell(results)
  } catch (error) {
    complain(error)
  }
  isBusy.value = false
}

function tell(results: Answer<'POST /merchant/batch-review'>['results']): void {
  const done = results.filter(({ ok }) => ok)
  for (const { upload_id, approval_id } of done) if (approval_id !== undefined) change(upload_id, { approval_id })
  settled(done.filter(({ approval_id }) => approval_id === undefined).map(({ upload_id }) => upload_id))
  failures.value = new Map(results.filter(({ ok }) => !ok).map(({ upload_id, msg }) => [upload_id, msg]))
  chosen.value = new Set()
  void standing.load()
  const failed = results.length - done.length
  say(failed === 0 ? texts.done(done.length) : texts.someFailed(done.length, failed), failed > 0)
}

function choose({ upload_id }: Item): void {
  const ids = new Set(chosen.value)
  if (!ids.delete(upload_id)) ids.add(upload_id)
  chosen.value = ids
}

/** Many receipts at a glance: those without a doubt are chosen by one tap, and approved by another. */
export function Batch() {
  const isRejecting = useSignal(false)
  if (pending.value.value === null)
    return pending.error.value ? <Failed error={pending.error.value} onRetry={pending.load} /> : <Skeleton rows={6} />
  const items = queue.value
  const picked = items.filter(({ upload_id }) => chosen.value.has(upload_id))
  const ids = picked.map(({ upload_id }) => upload_id)
  const gained = picked.reduce((sum, { estimated_points }) => sum + estimated_points, 0)
  const clean = items.filter(isClean).map(({ upload_id }) => upload_id)
  if (items.length === 0) return <Empty>{texts.empty}</Empty>
  return (
    <>
      {!isBusy.value && unheard(me(), asked) && (
        <p class="flags">
          {texts.unheardBatch}
          <button type="button" class="link" onClick={() => decideAll([], 'approve')}>
            {texts.hear}
          </button>
        </p>
      )}
      <ul class="rows batch">
        {items.map((item) => (
          <Row key={item.upload_id} item={item} />
        ))}
      </ul>
      <div class="batch-bar">
        <button
          type="button"
          class="link"
          onClick={() => {
            chosen.value = new Set(picked.length > 0 ? [] : clean)
          }}
        >
          {picked.length > 0 ? texts.chooseNone : texts.chooseClean}
        </button>
        <button
          type="button"
          class="second"
          disabled={picked.length === 0 || isBusy.value}
          onClick={() => {
            isRejecting.value = true
          }}
        >
          {texts.rejectMany(picked.length)}
        </button>
        <button
          type="button"
          class="main"
          disabled={picked.length === 0 || isBusy.value}
          onClick={() => decideAll(ids, 'approve')}
        >
          {texts.approveMany(picked.length, gained)}
        </button>
      </div>
      {isRejecting.value && (
        <Reject
          what="review:batch:"
          onReject={async (reason) => {
            await decideAll(ids, 'reject', reason)
            isRejecting.value = false
          }}
          onClose={() => {
            isRejecting.value = false
          }}
        />
      )}
    </>
  )
}

/** A receipt that was not read is reviewed alone: a batch has no amount of the reviewer's own. */
function Row({ item }: { item: Item }) {
  const { upload_id, preview_url, input_amount, recognized_amount, estimated_points, user, created_at } = item
  const failure = failures.value.get(upload_id)
  return (
    <li>
      <label class="pick">
        <input
          type="checkbox"
          checked={chosen.value.has(upload_id)}
          disabled={recognized_amount === null}
          onChange={() => choose(item)}
        />
        <span class="unseen">{texts.choose(user.nickname)}</span>
      </label>
      <a href={linkTo('reviews', upload_id)} aria-label={texts.photo}>
        <img class="thumb" src={preview_url} alt="" width="56" height="56" loading="lazy" />
      </a>
      <div>
        <b>
          {recognized_amount === null ? texts.unread : texts.amount(recognized_amount)}
          {input_amount !== recognized_amount && input_amount !== null && (
            <small class="aside">{texts.given(input_amount)}</small>
          )}
        </b>
        <small>
          {user.nickname} · {ago(created_at)}
        </small>
        <Flags item={item} />
        {failure && <small class="failure">{failure}</small>}
      </div>
      <span class={recognized_amount === null ? 'hint' : 'gain'}>
        {recognized_amount === null ? texts.single : texts.gained(estimated_points)}
      </span>
    </li>
  )
}
