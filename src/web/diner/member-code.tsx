import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call } from '../shared/api.ts'
import { Failed, Sheet, Skeleton } from '../shared/parts.tsx'
import { resource } from '../shared/resource.ts'
import { Qr } from './qr.tsx'
import { texts } from './texts.ts'

/** What the counter scans instead of asking for a phone number. It is renewed when its time is over. */
export function MemberCode({ onClose }: { onClose: () => void }) {
  const left_s = useSignal(0)
  const kept = useSignal(
    resource(async () => {
      const told = await call('GET /user/member-code')
      left_s.value = told.expires_in
      return told
    }),
  )
  const { value, error, load } = kept.value
  useEffect(() => {
    void load()
    const timer = setInterval(() => {
      left_s.value -= 1
      if (left_s.value <= 0) void load()
    }, 1_000)
    return () => clearInterval(timer)
  }, [load])
  const code = value.value?.code
  return (
    <Sheet title={texts.wallet.member} onClose={onClose}>
      {code === undefined && (error.value ? <Failed error={error.value} onRetry={load} /> : <Skeleton rows={1} tall />)}
      {code !== undefined && (
        <>
          <Qr text={code} code={code} />
          <p class="code">{code.replace(/(.{6})(?=.)/g, '$1 ')}</p>
          <p class="hint middle">
            {texts.wallet.memberHint}
            <br />
            {texts.wallet.memberLife(Math.max(0, left_s.value))}
          </p>
        </>
      )}
    </Sheet>
  )
}
