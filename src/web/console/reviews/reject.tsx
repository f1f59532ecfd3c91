import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Sheet } from '../../shared/parts.tsx'
import { typeInto, useDraft } from '../draft.ts'
import { texts } from './texts.ts'

interface RejectProps {
  /** Names the draft of the typed reason. */
  what: string
  /** Resolves when the rejection was sent, or not. */
  onReject: (reason: string) => Promise<void>
  onClose: () => void
}

/** Why a receipt is rejected: one of the usual reasons by a tap or its number, or a typed one. */
export function Reject({ what, onReject, onClose }: RejectProps) {
  const reason = useDraft(`${what}reason`)
  const isBusy = useSignal(false)
  const reject = async (why: string) => {
    if (isBusy.value) return
    isBusy.value = true
    await onReject(why)
    isBusy.value = false
  }
  useEffect(() => {
    const choose = (event: KeyboardEvent) => {
      const usual = texts.reasons[Number(event.key) - 1]
      if (event.target instanceof HTMLTextAreaElement || usual === undefined) return
      event.preventDefault()
      void reject(usual)
    }
    addEventListener('keydown', choose)
    return () => removeEventListener('keydown', choose)
  }, [])
  return (
    <Sheet title={texts.rejectTitle} onClose={onClose}>
      <div class="reasons">
        {texts.reasons.map((usual, index) => (
          <button key={usual} type="button" class="second wide" disabled={isBusy.value} onClick={() => reject(usual)}>
            <i aria-hidden="true">{index + 1}</i>
            {usual}
          </button>
        ))}
      </div>
      <form
        class="reasons"
        onSubmit={(event) => {
          event.preventDefault()
          void reject(reason.text.value.trim())
        }}
      >
        <label>
          {texts.reason}
          <textarea rows={2} maxLength={200} required value={reason.text} onInput={typeInto(reason.text)} />
        </label>
        <button type="submit" class="main wide" disabled={isBusy.value}>
          {texts.send}
        </button>
      </form>
    </Sheet>
  )
}
