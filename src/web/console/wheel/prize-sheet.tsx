import { Sheet } from '../../shared/parts.tsx'
import { linkTo, place, stay } from '../place.ts'
import { change, changePrize, type Edited, type EditedPrize } from './edited.ts'
import { texts } from './texts.ts'

const colors = ['#FF6B6B', '#4ECDC4', '#45B7D1', '#96CEB4', '#FFEAA7', '#DDA0DD', '#FF7675', '#74B9FF', '#FFC48C']
const types = Object.keys(texts.types) as EditedPrize['prize_type'][]

const closePrize = () => stay(linkTo('wheel', '', place.value.filters))

/** What a sector holds. Everything typed is in the draft at once. */
export function PrizeSheet({ prize, wheel }: { prize: EditedPrize; wheel: Edited }) {
  const { prize_id, prize_name, prize_type, prize_value, color, is_activity } = prize
  const set = (changes: Partial<EditedPrize>) => changePrize(prize_id, changes)
  const isPity = prize_id === wheel.pity_prize_id
  return (
    <Sheet title={texts.edit(prize_name)} onClose={closePrize}>
      <label>
        {texts.fields.name}
        <input
          type="text"
          maxLength={100}
          required
          value={prize_name}
          onInput={({ currentTarget }) => set({ prize_name: currentTarget.value })}
        />
      </label>
      <div class="beside">
        <label>
          {texts.fields.type}
          <select
            value={prize_type}
            onChange={({ currentTarget }) => set({ prize_type: types[currentTarget.selectedIndex] ?? prize_type })}
          >
            {types.map((type) => (
              <option key={type} value={type}>
                {texts.types[type]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {texts.values[prize_type]}
          <input
            type="text"
            inputMode="decimal"
            autocomplete="off"
            value={prize_value}
            onInput={({ currentTarget }) => set({ prize_value: currentTarget.value })}
          />
        </label>
      </div>
      <fieldset class="colors">
        <legend>{texts.fields.colorOf}</legend>
        {colors.map((one) => (
          <button
            key={one}
            type="button"
            style={{ background: one }}
            aria-label={texts.color(one)}
            aria-pressed={one === color}
            onClick={() => set({ color: one })}
          />
        ))}
        <input
          type="color"
          aria-label={texts.fields.color}
          value={color.toLowerCase()}
          onInput={({ currentTarget }) => set({ color: currentTarget.value.toUpperCase() })}
        />
      </fieldset>
      <label class="check">
        <input
          type="checkbox"
          checked={is_activity}
          onChange={({ currentTarget }) => set({ is_activity: currentTarget.checked })}
        />
        <span>{texts.fields.isBig}</span>
      </label>
      {isPity ? (
        <p class="hint">{texts.isPity}</p>
      ) : (
        prize_type !== 'empty' && (
          <button type="button" class="second" onClick={() => change({ pity_prize_id: prize_id })}>
            {texts.makePity}
          </button>
        )
      )}
      <button type="button" class="main wide" onClick={closePrize}>
        {texts.done}
      </button>
    </Sheet>
  )
}
