import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { call, Refused } from './api.ts'
import { metaOf } from './meta.ts'
import { say, sentenceOf } from './parts.tsx'
import { texts } from './texts.ts'
import { setTokens } from './tokens.ts'

/** By phone and the code of an SMS. `title` and `lead` say what for. */
export function SignIn({ title, lead }: { title: string; lead: string }) {
  const phone = useSignal('')
  const code = useSignal('')
  const trouble = useSignal('')
  const isBusy = useSignal(false)
  const wait_s = useSignal(0)
  const codeField = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const timer = setInterval(() => {
      if (wait_s.value > 0) wait_s.value -= 1
    }, 1_000)
    return () => clearInterval(timer)
  }, [])

  const run = async (task: () => Promise<void>) => {
    if (isBusy.value) return
    isBusy.value = true
    trouble.value = ''
    await task().catch((error) => {
      trouble.value = sentenceOf(error)
      const { retry_after } = (error instanceof Refused && error.data) || {}
      if (typeof retry_after === 'number') wait_s.value = retry_after
    })
    isBusy.value = false
  }
  const send = () =>
    run(async () => {
      const { resend_after } = await call('POST /auth/send-code', { body: { phone: phone.value } })
      wait_s.value = resend_after
      codeField.current?.focus()
      say(texts.signIn.sent)
    })
  const enter = (event: Event) => {
    event.preventDefault()
    return run(async () => {
      const body = { phone: phone.value, code: code.value, device_info: { platform: 'web' } }
      const { access_token, refresh_token, user_info, is_new_user } = await call('POST /auth/login', { body })
      setTokens({ access_token, refresh_token, user_id: user_info.user_id })
      if (is_new_user) say(texts.signIn.welcome(user_info.nickname))
    })
  }
  const devCode = metaOf('dev-code')
  return (
    <main class="sign-in">
      <div class="sign-in-art" aria-hidden="true" />
      <h1>{metaOf('shop')}</h1>
      <p class="lead">{title}</p>
      <form onSubmit={enter}>
        <label>
          {texts.signIn.phone}
          <input
            type="tel"
            inputMode="numeric"
            autocomplete="tel-national"
            maxLength={11}
            required
            value={phone}
            onInput={({ currentTarget }) => {
              phone.value = currentTarget.value
            }}
          />
        </label>
        <div class="beside">
          <label>
            {texts.signIn.code}
            <input
              ref={codeField}
              type="text"
              inputMode="numeric"
              autocomplete="one-time-code"
              maxLength={6}
              required
              value={code}
              onInput={({ currentTarget }) => {
                code.value = currentTarget.value
              }}
            />
          </label>
          <button type="button" class="second" disabled={isBusy.value || wait_s.value > 0} onClick={send}>
            {wait_s.value > 0 ? texts.signIn.resend(wait_s.value) : texts.signIn.send}
          </button>
        </div>
        <p class="trouble" role="alert">
          {trouble.value}
        </p>
        <button type="submit" class="main wide" disabled={isBusy.value}>
          {texts.signIn.enter}
        </button>
        <p class="hint">{devCode === '' ? lead : texts.signIn.devCode(devCode)}</p>
      </form>
    </main>
  )
}
