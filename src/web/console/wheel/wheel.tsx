import { useEffect } from 'preact/hooks'
import { Failed, Skeleton } from '../../shared/parts.tsx'
import { linkTo, place } from '../place.ts'
import { edited, openEditor, state } from './edited.ts'
import { Editor } from './editor.tsx'
import { Play } from './play.tsx'
import { texts } from './texts.ts'
import { Today } from './today.tsx'
import { Tomorrow } from './tomorrow.tsx'

const views = ['edit', 'play', 'tomorrow', 'today'] as const

/** The wheel: what it holds, what that leads to, what comes tomorrow, and what is changed at once. */
export function Wheel() {
  useEffect(openEditor, [])
  const { value, error } = state
  const view = views.find((one) => one === place.value.filters.view) ?? 'edit'
  const [wheels, wheel] = [value.value, edited.value]
  return (
    <>
      <nav class="choices" aria-label={texts.choose}>
        {views.map((one) => (
          <a
            key={one}
            class="chip"
            href={linkTo('wheel', '', { view: one === 'edit' ? '' : one })}
            aria-current={one === view ? 'page' : undefined}
          >
            {texts.views[one]}
          </a>
        ))}
      </nav>
      {wheels?.closed_at && <p class="closed-note">{texts.closing.closedNow}</p>}
      {(!wheels || !wheel) &&
        (error.value ? <Failed error={error.value} onRetry={state.load} /> : <Skeleton rows={3} tall />)}
      {wheels && wheel && view === 'edit' && <Editor wheel={wheel} />}
      {wheels && wheel && view === 'play' && <Play wheel={wheel} />}
      {wheels && view === 'tomorrow' && <Tomorrow wheels={wheels} />}
      {wheels && view === 'today' && <Today wheels={wheels} />}
    </>
  )
}
