import { useEffect } from 'preact/hooks'
import { Choices } from '../choices.tsx'
import { place, setFilters } from '../place.ts'
import { Batch } from './batch.tsx'
import { History } from './history.tsx'
import { OneByOne } from './one.tsx'
import { counts, followQueue, leftCount, shown, shows } from './queue.ts'
import { texts } from './texts.ts'

const views = { one: OneByOne, batch: Batch, history: History }
type View = keyof typeof views
const showOnly = (show: string) => setFilters({ show: show === 'all' ? '' : show })

/** Receipts to review, one by one or many at once, and what was decided. */
export function Reviews() {
  useEffect(followQueue, [])
  const named = place.value.filters.view ?? 'one'
  const view: View = named in views ? (named as View) : 'one'
  const Shown = views[view]
  return (
    <div class={`reviews ${view}-view`}>
      <div class="bars">
        <Choices
          name={texts.views}
          filter="view"
          choices={[
            ['', texts.view.one],
            ['batch', texts.view.batch],
            ['history', texts.view.history],
          ]}
        />
        {view !== 'history' && (
          <>
            <label>
              <span class="unseen">{texts.show}</span>
              <select value={shown.value} onChange={({ currentTarget }) => showOnly(currentTarget.value)}>
                {shows.map((show) => (
                  <option key={show} value={show}>
                    {texts.showing(texts.shows[show], counts.value[show])}
                  </option>
                ))}
              </select>
            </label>
            <p class="hint left">{texts.left(leftCount.value)}</p>
          </>
        )}
      </div>
      <Shown />
    </div>
  )
}
