import { Refusal } from '../contract/refusals.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import { type User, users } from '../users/schema.ts'
import { isReserved } from './reserved-names.ts'

export interface ProfileEdit {
  userId: number
  nickname?: string
  /** A path of this service. */
  avatar?: string
}

const forStaff = { issues: [{ path: 'nickname', message: '该昵称为工作人员专用，请换一个' }] }

/** Changes a user's nickname or avatar, and answers the account. The names of staff are reserved for staff. */
export const editProfile: Operation<ProfileEdit, User> = {
  name: 'edit_profile',
  laneKey: ({ userId }) => userId,
  needs: ({ userId }) => [rows(users, userId)],
  decide(unit, { userId, ...edit }) {
    const user = unit.find(users, [userId])
    if (!user) throw new Refusal(2003)
    if (edit.nickname !== undefined && !user.is_merchant && isReserved(edit.nickname)) throw new Refusal(9000, forStaff)
    if (Object.keys(edit).length > 0) unit.update(users, user, { ...edit, updated_at: unit.now })
    return { ...user }
  },
}
