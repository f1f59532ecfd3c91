import { useEffect } from 'preact/hooks'
import { exactTime } from '../../shared/time.ts'
import { typeInto, useDraft } from '../draft.ts'
import { MemberHead } from '../member-head.tsx'
import { place, showItem } from '../place.ts'
import { may } from '../standing.ts'
import { Correction } from './correction.tsx'
import { Ledger } from './ledger.tsx'
import { isLooking, lookUp, type Person, person } from './person.ts'
import { texts } from './texts.ts'

/** Somebody, by their phone or the code that they show: who they are, their ledger, and a correction of their balance. */
export function People() {
  const typed = useDraft('people:find')
  useEffect(() => {
    const { item } = place.value
    if (item === String(person.value?.user.user_id)) return
    person.value = null
    // After a reload the same person is shown again.
    if (item !== '' && typed.text.value !== '') void lookUp(typed.text.value)
  }, [])
  const shown = person.value
  const id = shown?.user.user_id
  useEffect(() => {
    if (id !== undefined && place.value.item !== String(id)) showItem(String(id))
  }, [id])
  return (
    <div class="people">
      <form
        class="beside find"
        onSubmit={(event) => {
          event.preventDefault()
          void lookUp(typed.text.value)
        }}
      >
        <label>
          {texts.find}
          <input
            type="text"
            inputMode="numeric"
            autocomplete="off"
            enterkeyhint="search"
            maxLength={40}
            required
            placeholder={texts.placeholder}
            value={typed.text}
            onInput={typeInto(typed.text)}
          />
        </label>
        <button type="submit" class="main" disabled={isLooking.value}>
          {isLooking.value ? texts.looking : texts.look}
        </button>
      </form>
      {shown ? (
        <div class="somebody" key={id}>
          <div class="side">
            <Card person={shown} />
            {may('corrections') && <Correction person={shown} />}
          </div>
          {may('ledgers') && <Ledger person={shown} />}
        </div>
      ) : (
        <p class="hint">{texts.hint}</p>
      )}
    </div>
  )
}

function Card({ person: { user, user_info, total_points, vouchers } }: { person: Person }) {
  return (
    <article class="panel member">
      <MemberHead user={user} total_points={total_points} />
      <p class="hint">
        {user_info.status !== 'active' && <b>{texts.status[user_info.status]} · </b>}
        {texts.since(exactTime(user_info.created_at))}
        {user_info.last_login && ` · ${texts.seen(exactTime(user_info.last_login))}`} ·{' '}
        {texts.vouchers(vouchers.length)}
      </p>
    </article>
  )
}
