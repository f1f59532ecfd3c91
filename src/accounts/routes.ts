import { type Context, Hono } from 'hono'
import { Refusal } from '../contract/refusals.ts'
import { nothing } from '../contract/wire.ts'
import type { Database } from '../db/client.ts'
import { authenticate, bearerOf } from '../http/authenticate.ts'
import { type AppEnv, absoluteLinks } from '../http/env.ts'
import { ok } from '../http/envelope.ts'
import { describe } from '../http/operation-docs.ts'
import { validate } from '../http/validate.ts'
import { requireUser } from '../users/queries.ts'
import { userInfoView } from '../users/user-info.ts'
import type { Access } from './access.ts'
import type { Accounts } from './accounts.ts'
import type { Device } from './device.ts'
import type { SignedIn } from './entrance.ts'
import { codeLife_s } from './sms-code.ts'
import {
  loginAnswer,
  loginBody,
  refreshBody,
  sendCodeAnswer,
  sendCodeBody,
  tokenPair,
  verifyAnswer,
  wxLoginBody,
} from './wire.ts'

const resendAfter_s = 60

const userAgentOf = (c: Context<AppEnv>) => c.req.header('User-Agent') ?? ''

const deviceOf = (c: Context<AppEnv>, info?: Device['info']): Device => ({
  address: c.get('network'),
  info,
  userAgent: userAgentOf(c),
  token: bearerOf(c),
})

/** `/api/auth`: signing in, staying signed in, signing out. */
export function authRoutes(deps: { accounts: Accounts; access: Access; database: Database; now: () => Date }) {
  const { accounts, access, database, now } = deps
  const signedInView = (c: Context<AppEnv>, { user, isNew, tokens }: SignedIn) => ({
    ...tokens,
    user_info: userInfoView(user, absoluteLinks(c)),
    is_new_user: isNew,
  })
  return new Hono<AppEnv>()
    .post(
      '/send-code',
      describe({ summary: 'Send an SMS code', answer: sendCodeAnswer, refusals: [1001, 1003], public: true }),
      validate('json', sendCodeBody, { phone: 1001 }),
      async (c) => {
        await accounts.sendCode(c.req.valid('json').phone, deviceOf(c))
        return ok(c, { expires_in: codeLife_s, resend_after: resendAfter_s })
      },
    )
    .post(
      '/login',
      describe({
        summary: 'Sign in by phone and code; the first login creates the account',
        answer: loginAnswer,
        refusals: [1001, 1002, 2004, 9006],
        public: true,
      }),
      validate('json', loginBody, { phone: 1001, code: 1002 }),
      async (c) => {
        const { device_info, ...login } = c.req.valid('json')
        return ok(c, signedInView(c, await accounts.login(login, deviceOf(c, device_info))))
      },
    )
    .post(
      '/wx-login',
      describe({
        summary: 'Sign in by WeChat, with a new js_code each time, and with a phone_code after a 1005 (bind_required)',
        answer: loginAnswer,
        refusals: [1004, 1005, 2004],
        public: true,
      }),
      validate('json', wxLoginBody, { js_code: 1004, phone_code: 1004 }),
      async (c) => {
        const { js_code, phone_code, device_info } = c.req.valid('json')
        const codes = { jsCode: js_code, phoneCode: phone_code || undefined }
        const signedIn = await accounts.wxLogin(codes, deviceOf(c, device_info))
        return ok(c, signedInView(c, signedIn))
      },
    )
    .post(
      '/refresh',
      describe({
        summary:
          'Exchange the refresh token (body or Bearer) for a new pair. For 60 s the same client gets the same pair',
        answer: tokenPair,
        refusals: [2001, 2002, 2004],
        public: true,
      }),
      validate('json', refreshBody, 2002),
      async (c) => {
        const token = c.req.valid('json').refresh_token ?? bearerOf(c)
        if (!token) throw new Refusal(2001)
        return ok(c, await accounts.refresh(token, userAgentOf(c)))
      },
    )
    .get(
      '/verify-token',
      describe({ summary: 'Check the access token', answer: verifyAnswer }),
      authenticate(access),
      async (c) => {
        const { userId, exp } = c.get('caller')
        const user = await requireUser(database, userId)
        const expires_in = Math.max(0, exp - Math.floor(now().getTime() / 1000))
        return ok(c, { valid: true, user_info: userInfoView(user, absoluteLinks(c)), expires_in })
      },
    )
    .post('/logout', describe({ summary: 'End this session', answer: nothing }), authenticate(access), async (c) => {
      await accounts.logout(c.get('caller'))
      return ok(c, {})
    })
}
