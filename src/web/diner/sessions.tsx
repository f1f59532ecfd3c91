import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call } from '../shared/api.ts'
import { complain, Failed, Sheet, Skeleton, say } from '../shared/parts.tsx'
import { resource } from '../shared/resource.ts'
import { ago, exactTime } from '../shared/time.ts'
import { texts } from './texts.ts'

/** Where the account is signed in, and how to end that. */
export function Sessions({ onClose }: { onClose: () => void }) {
  const kept = useSignal(resource(async () => (await call('GET /user/sessions')).sessions))
  const { value, error, load } = kept.value
  useEffect(() => void load(), [load])
  const end = async (ending: Promise<{ ended: number }>) => {
    try {
      say(texts.me.ended((await ending).ended))
    } catch (fault) {
      complain(fault)
    }
    await load()
  }
  const sessions = value.value
  return (
    <Sheet title={texts.me.sessions} onClose={onClose}>
      {!sessions && (error.value ? <Failed error={error.value} onRetry={load} /> : <Skeleton rows={3} />)}
      <ul class="rows">
        {sessions?.map(({ id, device, last_used_at, current }) => (
          <li key={id}>
            <div>
              <b>{device ?? texts.me.unknownDevice}</b>
              <small title={exactTime(last_used_at)}>{texts.me.lastUsed(ago(last_used_at))}</small>
            </div>
            {current ? (
              <span class="state approved">{texts.me.here}</span>
            ) : (
              <button
                type="button"
                class="second"
                onClick={() => end(call('DELETE /user/sessions/:id', { path: { id } }))}
              >
                {texts.me.end}
              </button>
            )}
          </li>
        ))}
      </ul>
      <button type="button" class="second wide" onClick={() => end(call('DELETE /user/sessions/others'))}>
        {texts.me.endOthers}
      </button>
    </Sheet>
  )
}
