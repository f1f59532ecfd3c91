import { Hono } from 'hono'
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
import { codeLife_s } from './sms-code.ts'
import { loginAnswer, loginBody, refreshBody, sendCodeAnswer, sendCodeBody, tokenPair, verifyAnswer } from './wire.ts'

const resendAfter_s = 60

/** `/api/auth`: signing in, staying signed in, signing out. */
export function authRoutes(deps: { accounts: Accounts; access: Access; database: Database; now: () => Date }) {
  const { accounts, access, database, now } = deps
  return new Hono<AppEnv>()
    .post(
      '/send-code',
      describe({ summary: 'Send an SMS code', answer: sendCodeAnswer, refusals: [1001, 1003], public: true }),
      validate('json', sendCodeBody, { phone: 1001 }),
      async (c) => {
        await accounts.sendCode(c.req.valid('json').phone)
        return ok(c, { expires_in: codeLife_s, resend_after: resendAfter_s })
      },
    )
    .post(
      '/login',
      describe({
        summary: 'Sign in by phone and code; the first login makes the account',
        answer: loginAnswer,
        refusals: [1001, 1002, 2004, 9006],
        public: true,
      }),
      validate('json', loginBody, { phone: 1001, code: 1002 }),
      async (c) => {
        const { user, isNew, tokens } = await accounts.login(c.req.valid('json'))
        return ok(c, { ...tokens, user_info: userInfoView(user, absoluteLinks(c)), is_new_user: isNew })
      },
    )
    .post(
      '/refresh',
      describe({
        summary: 'Trade the refresh token, in the body or as Bearer, for a new pair',
        answer: tokenPair,
        refusals: [2001, 2002, 2004],
        public: true,
      }),
      validate('json', refreshBody, 2002),
      async (c) => {
        const token = c.req.valid('json').refresh_token ?? bearerOf(c)
        if (!token) throw new Refusal(2001)
        return ok(c, await accounts.refresh(token))
      },
    )
    .get(
      '/verify-token',
      describe({ summary: 'Tell whether the access token is good', answer: verifyAnswer }),
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
