import { useSignal } from '@preact/signals'
import { unheard } from '../../shared/once.ts'
import { complain } from '../../shared/parts.tsx'
import { exactTime } from '../../shared/time.ts'
import { me } from '../../shared/tokens.ts'
import { ConfirmButton } from '../confirm-button.tsx'
import { focused } from '../focused.ts'
import { askedAs, redeem, taken, type Voucher } from './desk.ts'
import { texts } from './texts.ts'

/** A voucher as the counter sees it, and the way to take it in. */
export function VoucherCard({ voucher, onDone }: { voucher: Voucher; onDone: () => void }) {
  const { code, kind, title, quantity, status, user, expires_at, redeemed_at } = voucher
  const isJustDone = taken.value === code
  const name = texts.times(title, quantity)
  return (
    <article class={`panel voucher ${isJustDone ? 'done' : status}`}>
      {isJustDone ? (
        <p class="big" role="status">
          <svg viewBox="0 0 24 24" width="56" height="56" aria-hidden="true">
            <path d="M5 12.5 10 17.5 19.5 7" fill="none" stroke="currentColor" stroke-width="2.4" />
          </svg>
          {texts.done(name)}
        </p>
      ) : (
        <>
          <p class={`state ${status === 'active' ? 'approved' : 'pending'}`}>{texts.status[status]}</p>
          <h2>{name}</h2>
        </>
      )}
      <p class="code">{code.replace(/(.{5})(?=.)/g, '$1 ')}</p>
      <dl class="facts">
        <div>
          <dt>{texts.holder}</dt>
          <dd>
            {user.nickname} {user.mobile}
          </dd>
        </div>
        <div>
          <dt>{redeemed_at ? texts.used : texts.until}</dt>
          <dd>{exactTime(redeemed_at ?? expires_at)}</dd>
        </div>
        <div>
          <dt>{texts.voucher}</dt>
          <dd>{texts.kind[kind]}</dd>
        </div>
      </dl>
      {status === 'active' && <Redeem voucher={voucher} />}
      <button
        ref={isJustDone ? focused : null}
        type="button"
        class={status === 'active' ? 'link' : 'main wide'}
        onClick={onDone}
      >
        {texts.back}
      </button>
    </article>
  )
}

/** One confirmation, which stands elsewhere than the button that asks for it. */
function Redeem({ voucher }: { voucher: Voucher }) {
  const isAsked = useSignal(false)
  const isBusy = useSignal(false)
  const isUnheard = useSignal(unheard(me(), askedAs(voucher.code)) !== null)
  const take = async () => {
    isBusy.value = true
    await redeem(voucher).catch(complain)
    isUnheard.value = unheard(me(), askedAs(voucher.code)) !== null
    isBusy.value = false
  }
  const ask = (on: boolean) => () => {
    isAsked.value = on
  }
  if (!isAsked.value)
    return (
      <>
        {isUnheard.value && <p class="flags">{texts.unheard}</p>}
        <button type="button" class="main wide" onClick={ask(true)}>
          {texts.redeem}
        </button>
      </>
    )
  return (
    <fieldset class="sure">
      <legend>{isUnheard.value ? texts.unheard : texts.sure}</legend>
      <button ref={focused} type="button" class="second wide" disabled={isBusy.value} onClick={ask(false)}>
        {texts.notYet}
      </button>
      <ConfirmButton isBusy={isBusy.value} onConfirm={take}>
        {texts.confirm}
      </ConfirmButton>
    </fieldset>
  )
}
