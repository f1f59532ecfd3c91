import { type Signal, useSignal } from '@preact/signals'
import { call } from '../../shared/api.ts'
import type { Sent } from '../../shared/calls.ts'
import { askOnce, unheard } from '../../shared/once.ts'
import { complain, say } from '../../shared/parts.tsx'
import { points } from '../../shared/time.ts'
import { me } from '../../shared/tokens.ts'
import { ConfirmButton } from '../confirm-button.tsx'
import { typeInto, useDraft } from '../draft.ts'
import { focused } from '../focused.ts'
import { standing } from '../standing.ts'
import { type Person, toldBalance } from './person.ts'
import { texts } from './texts.ts'

type Body = Sent<'POST /merchant/users/:id/points'>['body']

const most = 100_000
const signed = (change: number) => (change > 0 ? `+${points(change)}` : `−${points(-change)}`)

/** A balance is set right by hand: with a reason, after one confirmation. What passes a limit waits for somebody else. */
export function Correction({ person: { user, total_points } }: { person: Person }) {
  const what = `correct:${user.user_id}`
  const amount = useDraft(`${what}:amount`)
  const sign = useDraft(`${what}:sign`)
  const reason = useDraft(`${what}:reason`)
  const isAsked = useSignal(false)
  const isBusy = useSignal(false)
  const lost = useSignal(unheard<Body>(me(), what))
  const isTaking = sign.text.value === '-'
  const size = /^\d{1,6}$/.test(amount.text.value.trim()) ? Number(amount.text.value) : 0
  const change = isTaking ? -size : size
  const send = async (body: Body) => {
    if (isBusy.value) return
    isBusy.value = true
    try {
      const path = { id: String(user.user_id) }
      const answer = await askOnce(me(), what, body, ({ key, body: sent }) =>
        call('POST /merchant/users/:id/points', { path, key, body: sent }),
      )
      for (const typed of [amount, sign, reason]) typed.drop()
      if ('approval_status' in answer) say(texts.waits)
      else {
        toldBalance(answer.new_balance)
        say(texts.done(answer.new_balance))
      }
      isAsked.value = false
      void standing.load()
    } catch (error) {
      complain(error)
    }
    lost.value = unheard<Body>(me(), what)
    isBusy.value = false
  }
  if (lost.value && !isBusy.value) return <Lost body={lost.value.body} onHear={send} />
  if (isAsked.value)
    return (
      <Sure
        sentence={texts.sure(user.nickname, signed(change), total_points, total_points + change)}
        reason={reason.text.value}
        isBusy={isBusy.value}
        onBack={() => {
          isAsked.value = false
        }}
        onSure={() => send({ points: change, reason: reason.text.value.trim() })}
      />
    )
  return (
    <form
      class="panel"
      onSubmit={(event) => {
        event.preventDefault()
        if (size < 1 || size > most) say(texts.needAmount, true)
        else if (reason.text.value.trim() === '') say(texts.needReason, true)
        else isAsked.value = true
      }}
    >
      <h2>{texts.correct}</h2>
      <Sign sign={sign.text} />
      <label>
        {texts.amount}
        <input
          type="text"
          inputMode="numeric"
          autocomplete="off"
          maxLength={6}
          required
          value={amount.text}
          onInput={typeInto(amount.text)}
        />
      </label>
      <label>
        {texts.reason}
        <input
          type="text"
          autocomplete="off"
          maxLength={200}
          required
          value={reason.text}
          onInput={typeInto(reason.text)}
        />
      </label>
      {!isTaking && <Budget />}
      <button type="submit" class="main wide">
        {texts.next}
      </button>
    </form>
  )
}

function Sign({ sign }: { sign: Signal<string> }) {
  return (
    <fieldset class="choices">
      <legend class="unseen">{texts.correct}</legend>
      {(['', '-'] as const).map((one) => (
        <button
          key={one}
          type="button"
          class="chip"
          aria-pressed={sign.value === one}
          onClick={() => {
            sign.value = one
          }}
        >
          {one === '' ? texts.add : texts.take}
        </button>
      ))}
    </fieldset>
  )
}

interface SureProps {
  sentence: string
  reason: string
  isBusy: boolean
  onBack: () => void
  onSure: () => void
}

/** The one confirmation. */
function Sure({ sentence, reason, isBusy, onBack, onSure }: SureProps) {
  return (
    <section class="panel">
      <h2>{texts.correct}</h2>
      <p>{sentence}</p>
      <p class="hint">{reason}</p>
      <ConfirmButton isBusy={isBusy} onConfirm={onSure}>
        {texts.confirm}
      </ConfirmButton>
      <button type="button" class="second wide" disabled={isBusy} ref={focused} onClick={onBack}>
        {texts.back}
      </button>
    </section>
  )
}

function Budget() {
  const known = standing.value.value
  if (known === null || known === 'none') return null
  const { limit, used } = known.budgets.discretionary
  return <p class="hint">{texts.budget(Math.max(0, limit - used))}</p>
}

/** What was asked for and not heard of: it is asked for again with its own key. */
function Lost({ body, onHear }: { body: Body; onHear: (body: Body) => void }) {
  return (
    <section class="panel">
      <h2>{texts.correct}</h2>
      <p class="flags">{texts.unheard(signed(body.points), body.reason)}</p>
      <button type="button" class="main wide" onClick={() => onHear(body)}>
        {texts.hear}
      </button>
    </section>
  )
}
