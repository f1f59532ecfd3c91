import { useEffect } from 'preact/hooks'
import { exactTime } from '../../shared/time.ts'
import { typeInto, useDraft } from '../draft.ts'
import { place, showItem } from '../place.ts'
import { clearDesk, isLooking, lookUp, member, recent, voucher } from './desk.ts'
import { MemberCard } from './member-card.tsx'
import { Scanner } from './scanner.tsx'
import { texts } from './texts.ts'
import { VoucherCard } from './voucher-card.tsx'

/** Codes are scanned or typed; vouchers are taken in. The voucher that is shown stands in the address. */
export function Counter() {
  const { item } = place.value
  useEffect(() => {
    if (item !== '' && item !== voucher.value?.code) void lookUp(item)
  }, [item])
  useEffect(() => clearDesk, [])
  const shown = voucher.value
  useEffect(() => {
    if (!isLooking.value && (shown || place.value.item !== '')) showItem(shown?.code ?? '')
  }, [shown?.code])
  return (
    <div class="counter">
      <div class="desk">
        {shown && (
          <VoucherCard
            key={shown.code}
            voucher={shown}
            onDone={() => {
              voucher.value = null
            }}
          />
        )}
        {!shown && member.value && <MemberCard member={member.value} onDone={clearDesk} />}
        {!shown && !member.value && <Scanner onCode={lookUp} />}
      </div>
      <div class="side">
        {!shown && !member.value && <Typed />}
        <section class="panel recent">
          <h2>{texts.recent}</h2>
          {recent.value.length === 0 && <p class="hint">{texts.recentEmpty}</p>}
          <ul class="rows">
            {recent.value.map(({ code, title, quantity, user, redeemed_at }) => (
              <li key={code}>
                <div>
                  <b>{texts.times(title, quantity)}</b>
                  <small>
                    {user.nickname} · {redeemed_at && exactTime(redeemed_at)}
                  </small>
                </div>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </div>
  )
}

/** For a screen that is broken, or a code that is read aloud. */
function Typed() {
  const typed = useDraft('counter:code')
  const look = async (event: Event) => {
    event.preventDefault()
    if (await lookUp(typed.text.value)) typed.drop()
  }
  return (
    <form class="panel" onSubmit={look}>
      <label>
        {texts.code}
        <input
          type="text"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          enterkeyhint="search"
          maxLength={200}
          required
          placeholder={texts.placeholder}
          value={typed.text}
          onInput={typeInto(typed.text)}
        />
      </label>
      <button type="submit" class="main wide" disabled={isLooking.value}>
        {isLooking.value ? texts.looking : texts.look}
      </button>
    </form>
  )
}
