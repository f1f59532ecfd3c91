import { exactTime } from '../../shared/time.ts'
import { dropDrafts } from '../draft.ts'
import { MemberHead } from '../member-head.tsx'
import { person } from '../people/person.ts'
import { linkTo } from '../place.ts'
import { may } from '../standing.ts'
import { lookUp, type Member } from './desk.ts'
import { texts } from './texts.ts'

/** The person who showed their code, with the vouchers that they may use now. */
export function MemberCard({ member, onDone }: { member: Member; onDone: () => void }) {
  const { user, total_points, vouchers } = member
  return (
    <article class="panel member">
      <MemberHead user={user} total_points={total_points} />
      <h3>{texts.active(vouchers.length)}</h3>
      <ul class="rows">
        {vouchers.map(({ code, title, quantity, expires_at }) => (
          <li key={code}>
            <div>
              <b>{texts.times(title, quantity)}</b>
              <small>
                {texts.until} {exactTime(expires_at)}
              </small>
            </div>
            <button type="button" class="second" onClick={() => lookUp(code)}>
              {texts.redeem}
            </button>
          </li>
        ))}
      </ul>
      {may('members') && (
        <a
          class="link"
          href={linkTo('people', String(user.user_id))}
          onClick={() => {
            dropDrafts('people:find')
            person.value = member
          }}
        >
          {texts.toPerson}
        </a>
      )}
      <button type="button" class="second wide" onClick={onDone}>
        {texts.back}
      </button>
    </article>
  )
}
