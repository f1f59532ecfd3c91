import { useSignal } from '@preact/signals'
import { call } from '../../shared/api.ts'
import { complain, Sheet, say } from '../../shared/parts.tsx'
import { exactTime } from '../../shared/time.ts'
import { askThis } from '../ask.ts'
import { place } from '../place.ts'
import { bodyOf, change, dropDraft, type Edited, faultOf, isChanged, isStale, state } from './edited.ts'
import { ForecastPanel } from './forecast-panel.tsx'
import { OddsList } from './odds-list.tsx'
import { OddsRing } from './odds-ring.tsx'
import { PrizeSheet } from './prize-sheet.tsx'
import { texts } from './texts.ts'

/** The wheel as it will be: its sectors, their odds, and what they cost. */
export function Editor({ wheel }: { wheel: Edited }) {
  const chosen = wheel.prizes.find(({ prize_id }) => `${prize_id}` === place.value.item)
  return (
    <>
      {isStale.value && (
        <div class="notice-bar" role="alert">
          <p>{texts.stale}</p>
          <button type="button" class="second" onClick={dropDraft}>
            {texts.startAnew}
          </button>
        </div>
      )}
      <div class="wheel-edit">
        <section class="ring-place">
          <OddsRing wheel={wheel} />
          <p class="hint middle">{texts.ringHint}</p>
        </section>
        <section class="panel odds-panel">
          <OddsList wheel={wheel} />
          <label class="price">
            {texts.fields.cost}
            <input
              type="text"
              inputMode="numeric"
              autocomplete="off"
              value={wheel.cost_points}
              onInput={({ currentTarget }) => change({ cost_points: currentTarget.value })}
            />
          </label>
          <SaveBar wheel={wheel} />
        </section>
        <ForecastPanel wheel={wheel} />
      </div>
      {chosen && <PrizeSheet key={chosen.prize_id} prize={chosen} wheel={wheel} />}
    </>
  )
}

function SaveBar({ wheel }: { wheel: Edited }) {
  const isBusy = useSignal(false)
  const isUndoing = useSignal(false)
  const fault = faultOf(wheel)
  const save = async () => {
    isBusy.value = true
    try {
      const { effective_from } = await askThis('wheel:save', bodyOf(wheel), ({ key, body }) =>
        call('PUT /merchant/prizes', { key, body }),
      )
      const isLater = Date.parse(effective_from) > Date.now()
      say(isLater ? texts.saved(exactTime(effective_from)) : texts.savedNow)
      await state.load()
      dropDraft()
    } catch (error) {
      complain(error)
    }
    isBusy.value = false
  }
  return (
    <div class="save-bar">
      <p class={fault ? 'trouble' : 'hint'} role="status">
        {fault ? texts.faults[fault] : isChanged.value ? texts.unsaved : texts.saveHint}
        {!fault && isChanged.value && state.value.value?.next && ` · ${texts.replaces}`}
      </p>
      <div class="beside">
        <button
          type="button"
          class="main"
          disabled={!isChanged.value || fault !== undefined || isBusy.value}
          onClick={save}
        >
          {texts.save}
        </button>
        <button type="button" class="second" disabled={!isChanged.value} onClick={() => (isUndoing.value = true)}>
          {texts.undo}
        </button>
      </div>
      {isUndoing.value && (
        <Sheet title={texts.undoSure} onClose={() => (isUndoing.value = false)}>
          <button
            type="button"
            class="main wide"
            onClick={() => {
              dropDraft()
              isUndoing.value = false
            }}
          >
            {texts.undo}
          </button>
        </Sheet>
      )}
    </div>
  )
}
