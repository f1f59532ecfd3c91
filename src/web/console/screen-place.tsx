import { useSignal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { Skeleton } from '../shared/parts.tsx'
import type { Screen } from './screens.ts'
import { texts } from './texts.ts'

/** A screen, loaded when it is opened first. After an upgrade its file may be gone: the page has to be loaded again. */
export function ScreenPlace({ screen }: { screen: Screen }) {
  const loaded = useSignal<{ Shown: ComponentType } | 'failed' | null>(null)
  useEffect(() => {
    screen.load().then(
      (Shown) => (loaded.value = { Shown }),
      () => (loaded.value = 'failed'),
    )
  }, [])
  if (loaded.value === null) return <Skeleton rows={5} />
  if (loaded.value === 'failed')
    return (
      <div class="empty" role="alert">
        <p>{texts.stale}</p>
        <button type="button" class="main" onClick={() => location.reload()}>
          {texts.reload}
        </button>
      </div>
    )
  const { Shown } = loaded.value
  return <Shown />
}
