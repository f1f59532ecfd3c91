import { useSignal } from '@preact/signals'
import { call } from '../../shared/api.ts'
import type { Answer } from '../../shared/calls.ts'
import { complain, Sheet, say } from '../../shared/parts.tsx'
import { exactTime } from '../../shared/time.ts'
import { askThis } from '../ask.ts'
import { typeInto, useDraft } from '../draft.ts'
import { state } from './edited.ts'
import { PrizeStock } from './prize-stock.tsx'
import { texts } from './texts.ts'

const words = texts.closing

/** What is changed at once: whether the wheel is open, and what is left of its prizes. */
export function Today({ wheels }: { wheels: Answer<'GET /merchant/prizes'> }) {
  return (
    <div class="today">
      <Closing closedAt={wheels.closed_at} />
      <PrizeStock wheel={wheels.current} />
    </div>
  )
}

function Closing({ closedAt }: { closedAt: string | null }) {
  const isAsking = useSignal(false)
  const isBusy = useSignal(false)
  const reason = useDraft('wheel:closing:reason')
  const isClosed = closedAt !== null
  const change = async () => {
    isBusy.value = true
    const name = isClosed ? 'POST /merchant/wheel/open' : 'POST /merchant/wheel/close'
    try {
      const { closed } = await askThis(
        isClosed ? 'wheel:open' : 'wheel:close',
        { reason: reason.text.value.trim() },
        ({ key, body }) => call(name, { key, body }),
      )
      say(closed ? words.closedNow : words.openNow)
      reason.drop()
      isAsking.value = false
    } catch (error) {
      complain(error)
    }
    await state.load()
    isBusy.value = false
  }
  return (
    <section class={isClosed ? 'panel closing closed' : 'panel closing'}>
      <h2>{isClosed ? words.closed(exactTime(closedAt)) : words.open}</h2>
      <p class="hint">{isClosed ? words.closedHint : words.openHint}</p>
      <label>
        {words.reason}
        <input type="text" maxLength={200} value={reason.text} onInput={typeInto(reason.text)} />
      </label>
      <button
        type="button"
        class={isClosed ? 'main' : 'second'}
        disabled={isBusy.value}
        onClick={() => {
          if (isClosed) void change()
          else isAsking.value = true
        }}
      >
        {isClosed ? words.reopen : words.close}
      </button>
      {isAsking.value && (
        <Sheet title={words.sure} onClose={() => (isAsking.value = false)}>
          <button type="button" class="main wide" disabled={isBusy.value} onClick={change}>
            {words.close}
          </button>
        </Sheet>
      )}
    </section>
  )
}
