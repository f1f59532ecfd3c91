import { points } from '../shared/time.ts'
import { texts } from './texts.ts'

interface MemberHeadProps {
  user: { nickname: string; mobile: string; avatar: string | null }
  total_points: number
}

/** Somebody's face, name and balance. */
export function MemberHead({ user, total_points }: MemberHeadProps) {
  return (
    <header>
      <span class="face" aria-hidden="true">
        {user.avatar === null ? [...user.nickname][0] : <img src={user.avatar} alt="" width="56" height="56" />}
      </span>
      <div>
        <h2>{user.nickname}</h2>
        <small>{user.mobile}</small>
      </div>
      <p class="balance">
        <small>{texts.balance}</small>
        <b>{points(total_points)}</b>
      </p>
    </header>
  )
}
