import { z } from 'zod'
import { timestamp } from '../contract/wire.ts'
import type { User } from './schema.ts'

export const userStatus = z.enum(['active', 'inactive', 'banned'])

export const userInfo = z.object({
  user_id: z.int(),
  mobile: z.string(),
  nickname: z.string(),
  total_points: z.int(),
  is_merchant: z.boolean(),
  status: userStatus,
  avatar: z.string().nullable(),
  last_login: timestamp.nullable(),
  created_at: timestamp,
})
export type UserInfo = z.output<typeof userInfo>

/** An account as its owner sees it, and staff who looked it up, with the phone masked and an absolute link. */
export function userInfoView(user: Readonly<User>, absolute: (path: string) => string): UserInfo {
  return {
    ...personView(user, absolute),
    total_points: user.total_points,
    is_merchant: user.is_merchant,
    status: user.status,
    last_login: user.last_login?.toISOString() ?? null,
    created_at: user.created_at.toISOString(),
  }
}

/** What staff see of a person beside an upload or a voucher. */
export const personInfo = userInfo.pick({ user_id: true, nickname: true, mobile: true, avatar: true })
export type PersonInfo = z.output<typeof personInfo>

/** A person as staff see them, with the phone masked and an absolute link to the avatar. */
export function personView(
  { user_id, nickname, mobile, avatar }: Pick<User, keyof PersonInfo>,
  absolute: (path: string) => string,
): PersonInfo {
  return { user_id, nickname, mobile: maskMobile(mobile), avatar: avatar === null ? null : absolute(avatar) }
}

/** `13812348001` as `138****8001`. */
function maskMobile(mobile: string): string {
  return `${mobile.slice(0, 3)}****${mobile.slice(-4)}`
}
