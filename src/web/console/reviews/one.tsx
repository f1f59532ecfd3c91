import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { unheard } from '../../shared/once.ts'
import { complain, Empty, Failed, Skeleton, say } from '../../shared/parts.tsx'
import { me } from '../../shared/tokens.ts'
import { typeInto, useDraft } from '../draft.ts'
import { place, showItem } from '../place.ts'
import { fenOf, pointsFor, yuanOf } from './amount.ts'
import { Amounts, Facts, Flags, OtherPhoto, Sender } from './facts.tsx'
import { Photo } from './photo.tsx'
import { askedAs, current, decide, draftsOf, type Item, leftCount, lookLater, next, pending } from './queue.ts'
import { Reject } from './reject.tsx'
import { texts } from './texts.ts'

const reading_ms = 4_000
/** Nobody approves so soon what they have just begun to see: that tap was meant for the receipt before. */
const lookFirst_ms = 350

/** One receipt at a time. The photos of the next ones are loaded meanwhile. */
export function OneByOne() {
  const item = current.value
  useEffect(() => {
    if (item && place.value.item !== item.upload_id) showItem(item.upload_id)
    for (const { image_url } of next.value) new Image().src = image_url
  }, [item?.upload_id])
  const isReading = item !== null && item.read === null && item.recognized_amount === null
  useEffect(() => {
    if (!isReading) return
    const timer = setInterval(() => void pending.load(), reading_ms)
    return () => clearInterval(timer)
  }, [isReading])
  if (pending.value.value === null)
    return pending.error.value ? <Failed error={pending.error.value} onRetry={pending.load} /> : <Skeleton tall />
  return (
    <>
      <p class="unseen" role="status">
        {texts.left(leftCount.value)}
      </p>
      {item ? (
        <Receipt key={item.upload_id} item={item} />
      ) : (
        <Empty>
          <p>{texts.empty}</p>
          <p class="hint">{texts.emptyHint}</p>
        </Empty>
      )}
    </>
  )
}

function Receipt({ item }: { item: Item }) {
  const isBusy = useSignal(false)
  const isRejecting = useSignal(false)
  const isTyping = useSignal(false)
  const isAsking = useSignal(false)
  const isUnheard = useSignal(unheard(me(), askedAs(item)) !== null)
  const amount = useDraft(`${draftsOf(item)}amount`)
  const amountField = useRef<HTMLInputElement>(null)
  const isUnread = item.recognized_amount === null
  const since = useRef(performance.now()).current
  const isTooSoon = () => performance.now() - since < lookFirst_ms
  const send = async (verdict: Parameters<typeof decide>[1]) => {
    if (isBusy.value) return
    isBusy.value = true
    await decide(item, verdict).catch(complain)
    isUnheard.value = unheard(me(), askedAs(item)) !== null
    isBusy.value = false
  }
  const approve = async () => {
    const typed = amount.text.value.trim()
    if (typed === '' && isTooSoon()) return
    const fen = fenOf(typed)
    if (fen === null && (isUnread || typed !== '')) {
      say(typed === '' ? texts.needAmount : texts.badAmount, true)
      amountField.current?.focus()
      return
    }
    await send({ action: 'approve', ...(fen === null ? {} : { amount: yuanOf(fen) }) })
  }
  const startRejecting = () => {
    isRejecting.value = !isBusy.value
  }
  useKeys({ ArrowRight: approve, ArrowLeft: startRejecting })
  const fen = fenOf(amount.text.value)
  const gained = fen === null ? item.estimated_points : pointsFor(fen)
  return (
    <article class="one">
      <div class="photos">
        <Photo
          url={item.image_url}
          alt={texts.photo}
          boxes={item.read?.boxes}
          onSwipe={(direction) => (direction === 'right' ? approve() : startRejecting())}
        />
        <OtherPhoto item={item} />
      </div>
      <div class="verdict">
        <Flags item={item} />
        {item.approval_id !== null && <p class="flags calm">{texts.waiting}</p>}
        {isUnheard.value && <p class="flags">{texts.unheard}</p>}
        <Amounts item={item} />
        <Sender item={item} />
        <p class="ways">
          {!isUnread && amount.text.value === '' && <Toggle isOn={isTyping} name={texts.correctAmount} />}
          <Toggle isOn={isAsking} name={texts.details} />
          <button type="button" class="link" onClick={() => lookLater(item)}>
            {texts.later}
          </button>
        </p>
        {isAsking.value && <Facts item={item} />}
        {(isUnread || isTyping.value || amount.text.value !== '') && (
          <OwnAmount typed={amount.text} field={amountField} onEnter={approve} />
        )}
        <div class="decide">
          <button type="button" class="second" disabled={isBusy.value} onClick={startRejecting}>
            {texts.reject}
          </button>
          <button type="button" class="main" disabled={isBusy.value} onClick={approve}>
            {isUnread && fen === null ? texts.approveUnread : texts.approve(gained)}
          </button>
        </div>
        <p class="hint for-keys">{texts.keys}</p>
        <p class="hint for-fingers">{texts.swipe}</p>
      </div>
      {isRejecting.value && (
        <Reject
          what={draftsOf(item)}
          onReject={(reason) => send({ action: 'reject', reason })}
          onClose={() => {
            isRejecting.value = false
          }}
        />
      )}
    </article>
  )
}

function Toggle({ isOn, name }: { isOn: Signal<boolean>; name: string }) {
  return (
    <button
      type="button"
      class="link"
      aria-expanded={isOn.value}
      onClick={() => {
        isOn.value = !isOn.value
      }}
    >
      {name}
    </button>
  )
}

interface OwnAmountProps {
  typed: Signal<string>
  field: { current: HTMLInputElement | null }
  onEnter: () => void
}

/** The reviewer's own reading. It has to be typed where nothing was read, and may be where the reading is wrong. */
function OwnAmount({ typed, field, onEnter }: OwnAmountProps) {
  return (
    <label>
      {texts.ownAmount}
      <input
        ref={field}
        type="text"
        inputMode="decimal"
        autocomplete="off"
        enterkeyhint="done"
        placeholder={texts.amountHint}
        value={typed}
        onInput={typeInto(typed)}
        onKeyDown={({ key }) => key === 'Enter' && onEnter()}
      />
    </label>
  )
}

/** Keys of the screen, while nobody types and no dialog is open. */
function useKeys(keys: Record<string, () => unknown>): void {
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const isElsewhere = (event.target as Element).closest('input, textarea, select, dialog') !== null
      const key = latest.current[event.key]
      if (!key || isElsewhere || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      key()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}
