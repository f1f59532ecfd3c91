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

/** An account as its owner sees it: the phone masked, image links absolute. */
export function userInfoView(user: Readonly<User>, absolute: (path: string) => string): UserInfo {
  return {
    user_id: user.user_id,
    mobile: maskMobile(user.mobile),
    nickname: user.nickname,
    total_points: user.total_points,
    is_merchant: user.is_merchant,
    status: user.status,
    avatar: user.avatar === null ? null : absolute(user.avatar),
    last_login: user.last_login?.toISOString() ?? null,
    created_at: user.created_at.toISOString(),
  }
}

/** `13812348001` as `138****8001`. */
export function maskMobile(mobile: string): string {
  return `${mobile.slice(0, 3)}****${mobile.slice(-4)}`
}
