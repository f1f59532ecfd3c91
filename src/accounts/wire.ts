import { z } from 'zod'
import { asciiId, line, phone, timestamp } from '../contract/wire.ts'
import { userInfo } from '../users/user-info.ts'

export const sendCodeBody = z.object({ phone })
export const sendCodeAnswer = z.object({ expires_in: z.int(), resend_after: z.int() })

/** What a client may say of its device; anything else is dropped. */
export const deviceInfo = z.object({
  platform: line(64).optional(),
  system: line(64).optional(),
  brand: line(64).optional(),
  model: line(64).optional(),
  version: line(64).optional(),
})

export const loginBody = z.object({
  phone,
  code: z.string().regex(/^[0-9]{6}$/, '验证码应为 6 位数字'),
  device_info: deviceInfo.optional().catch(undefined),
})

/** A code of WeChat's client library: short, and nothing but visible ASCII. */
const wechatCode = z.string().regex(/^[\x21-\x7e]{1,512}$/, '微信登录凭证无效')

/** Each call takes a fresh `js_code`; `phone_code` is needed once, to bind a phone. */
export const wxLoginBody = z.object({
  js_code: wechatCode,
  phone_code: wechatCode.nullish().or(z.literal('')),
  device_info: deviceInfo.optional().catch(undefined),
})

export const tokenPair = z.object({ access_token: z.string(), refresh_token: z.string(), expires_in: z.int() })
export const loginAnswer = tokenPair.extend({ user_info: userInfo, is_new_user: z.boolean() })

/** The refresh token may come in the body or as Bearer. */
export const refreshBody = z.object({ refresh_token: z.string().min(1).max(2_048).optional() })
export const verifyAnswer = z.object({ valid: z.literal(true), user_info: userInfo, expires_in: z.int() })

/** What can't be a session's id is nobody's. */
export const sessionIdParam = z.object({ id: asciiId.catch('') })
export const sessionsAnswer = z.object({
  sessions: z.array(
    z.object({
      id: z.string(),
      device: z.string().nullable(),
      created_at: timestamp,
      /** The last sign-in or refresh. */
      last_used_at: timestamp,
      current: z.boolean(),
    }),
  ),
})
/** How many sessions were ended now. */
export const endedAnswer = z.object({ ended: z.int() })
