import { computed, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call } from '../../shared/api.ts'
import type { Answer, Sent } from '../../shared/calls.ts'
import { askOnce } from '../../shared/once.ts'
import { complain, PagedList, say } from '../../shared/parts.tsx'
import { pages } from '../../shared/resource.ts'
import { ago, left } from '../../shared/time.ts'
import { me } from '../../shared/tokens.ts'
import { Changes, subjectOf } from '../changes.tsx'
import { Choices } from '../choices.tsx'
import { typeInto, useDraft } from '../draft.ts'
import { useFresh } from '../fresh.ts'
import { linkTo, place } from '../place.ts'
import { texts } from './texts.ts'

type Approval = Answer<'GET /merchant/approvals'>['approvals'][number]
type Body = Sent<'POST /merchant/approvals/:id'>['body']

const statuses = ['pending', 'approved', 'rejected', 'expired'] as const
const status = computed(() => statuses.find((one) => one === place.value.filters.status) ?? 'pending')
const list = pages(async (page) => {
  const { approvals, pagination } = await call('GET /merchant/approvals', { query: { page, status: status.value } })
  return { items: approvals, pagination }
})

/** What waits for a second person, and what became of what waited. */
export function Approvals() {
  useEffect(() => void list.first(), [status.value])
  useFresh(list.first)
  return (
    <>
      <Choices
        name={texts.filter}
        filter="status"
        choices={statuses.map((one) => [one === 'pending' ? '' : one, texts.status[one]])}
      />
      <PagedList
        list={list}
        empty={texts.empty[status.value]}
        row={(approval) => (
          <li key={approval.approval_id}>
            <ApprovalCard approval={approval} />
          </li>
        )}
      />
    </>
  )
}

function ApprovalCard({ approval }: { approval: Approval }) {
  const { kind, subject, points, reasons, before, after, asked_reason, for_user } = approval
  return (
    <article class="panel">
      <header>
        <h2>
          {texts.kind[kind]}
          {points !== null && ` · ${texts.gives(points)}`}
        </h2>
        <span class={`state ${approval.approval_status}`}>{texts.status[approval.approval_status]}</span>
      </header>
      <p>{for_user ? texts.to(for_user.nickname) : subjectOf(subject)}</p>
      {reasons.length > 0 && (
        <ul class="why">
          {reasons.map((reason) => (
            <li key={reason}>{texts.reasons[reason]}</li>
          ))}
        </ul>
      )}
      <Changes before={before} after={after} />
      <p class="hint">
        {texts.askedBy(approval.asked_by?.nickname ?? texts.somebody, ago(approval.asked_at))}
        {asked_reason && ` · ${texts.because(asked_reason)}`}
      </p>
      {approval.approval_status === 'pending' ? <Waiting approval={approval} /> : <Decided approval={approval} />}
    </article>
  )
}

function Decided({ approval: { decided_by, decided_at, decision_reason } }: { approval: Approval }) {
  if (decided_at === null) return null
  return (
    <p class="hint">
      {texts.decidedBy(decided_by?.nickname ?? texts.somebody, ago(decided_at))}
      {decision_reason && ` · ${texts.said(decision_reason)}`}
    </p>
  )
}

function Waiting({ approval }: { approval: Approval }) {
  const { approval_id, kind, subject, asked_by, for_user, expires_at } = approval
  const isOwn = [asked_by?.user_id, for_user?.user_id].includes(me())
  return (
    <>
      {kind === 'review' && (
        <a class="link" href={linkTo('reviews', subject.slice('upload:'.length), { show: 'waiting' })}>
          {texts.seeReceipt}
        </a>
      )}
      <p class="hint">{texts.until(left(expires_at))}</p>
      {isOwn ? <p class="hint">{texts.own}</p> : <Decision id={approval_id} />}
    </>
  )
}

function Decision({ id }: { id: string }) {
  const reason = useDraft(`approval:${id}`)
  const isBusy = useSignal(false)
  const decide = async (action: Body['action']) => {
    isBusy.value = true
    try {
      const typed = reason.text.value.trim()
      const body: Body = { action, ...(typed === '' ? {} : { reason: typed }) }
      const { approval_status } = await askOnce(me(), `approval:${id}`, body, ({ key, body }) =>
        call('POST /merchant/approvals/:id', { path: { id }, body, key }),
      )
      reason.drop()
      say(texts.done[approval_status])
    } catch (error) {
      complain(error)
    }
    isBusy.value = false
    void list.first()
  }
  return (
    <form class="decision" onSubmit={(event) => event.preventDefault()}>
      <label>
        {texts.reason}
        <input type="text" maxLength={200} value={reason.text} onInput={typeInto(reason.text)} />
      </label>
      <div class="beside">
        <button type="button" class="main" disabled={isBusy.value} onClick={() => decide('approve')}>
          {texts.approve}
        </button>
        <button type="button" class="second" disabled={isBusy.value} onClick={() => decide('reject')}>
          {texts.reject}
        </button>
      </div>
    </form>
  )
}
