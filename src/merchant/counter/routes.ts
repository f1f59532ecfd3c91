import { type Context, Hono } from 'hono'
import { showConsented, waitingAnswer } from '../../approvals/answers.ts'
import { Refusal } from '../../contract/refusals.ts'
import { rowIdParam } from '../../contract/wire.ts'
import { type AppEnv, absoluteLinks } from '../../http/env.ts'
import { ok } from '../../http/envelope.ts'
import { once } from '../../http/idempotency.ts'
import { validate } from '../../http/validate.ts'
import { newId } from '../../lib/random.ts'
import { readPointsRecords } from '../../points/queries.ts'
import { recordsAnswer, recordsQuery } from '../../points/wire.ts'
import { actorOf } from '../../staff/actor.ts'
import { recordDeed } from '../../staff/audit.ts'
import { forStaff } from '../../staff/guard.ts'
import { findUser, findUserByMobile, requireUser } from '../../users/queries.ts'
import type { User } from '../../users/schema.ts'
import { codeParam } from '../../vouchers/code.ts'
import { findVoucher } from '../../vouchers/queries.ts'
import type { MerchantDeps } from '../deps.ts'
import { adjustByStaff } from './adjust.ts'
import { createLookUps, type LookUps } from './look-ups.ts'
import { redeem } from './redeem.ts'
import { readMemberView, readVoucherView } from './views.ts'
import { adjustAnswer, adjustBody, memberAnswer, memberCodeParam, userQuery, voucherAnswer } from './wire.ts'

/** What happens at the counter: vouchers are redeemed, people are looked up, balances are corrected. */
export function counterRoutes(deps: MerchantDeps) {
  const lookUps = createLookUps(deps.limits.voucherMiss)
  return new Hono<AppEnv>()
    .route('/', voucherRoutes(deps, lookUps))
    .route('/', memberRoutes(deps, lookUps))
    .route('/', correctionRoutes(deps))
    .route('/', ledgerRoutes(deps))
}

function voucherRoutes({ database, till, now }: MerchantDeps, lookUps: LookUps) {
  const find = (code: string, merchantId: number) => lookUps.find(merchantId, 6006, () => findVoucher(database, code))
  return new Hono<AppEnv>()
    .get(
      '/vouchers/:code',
      forStaff(['vouchers'], { summary: 'Look up a voucher', answer: voucherAnswer, refusals: [6006] }),
      validate('param', codeParam, 6006),
      async (c) => {
        const { code } = c.req.valid('param')
        const voucher = await find(code, c.get('caller').userId)
        return ok(c, await readVoucherView(database, voucher, now(), absoluteLinks(c)))
      },
    )
    .post(
      '/vouchers/:code/redeem',
      forStaff(['vouchers'], {
        summary: 'Redeem a voucher, once',
        answer: voucherAnswer,
        refusals: [6006, 6007],
        idempotent: true,
      }),
      validate('param', codeParam, 6006),
      async (c) => {
        const { code } = c.req.valid('param')
        const actor = actorOf(c)
        const voucher = await find(code, actor.userId)
        const exchangeId = voucher.kind === 'product' ? voucher.source_id : null
        const redemption = { code, holderId: voucher.user_id, exchangeId, actor }
        // Read before the write: what was redeemed is answered even if the database goes away right after.
        const view = await readVoucherView(database, voucher, now(), absoluteLinks(c))
        return once(
          c,
          {},
          (idempotency) => till.run(redeem, redemption, idempotency),
          (answer) => ({ ...view, status: 'redeemed', ...answer }),
        )
      },
    )
}

function memberRoutes({ database, till, memberCodes, now }: MerchantDeps, lookUps: LookUps) {
  /** Nobody is shown to the staff without a trace. */
  const show = async (c: Context<AppEnv>, user: User, by: 'mobile' | 'member_code') => {
    const deed = { action: 'member.look_up', target: `user:${user.user_id}`, details: { by } }
    await till.run(recordDeed, { actor: actorOf(c), deed })
    return ok(c, await readMemberView(database, user, now(), absoluteLinks(c)))
  }
  const findMember = async (code: string) => {
    const userId = memberCodes.userOf(code)
    return userId === undefined ? undefined : findUser(database, userId)
  }
  return new Hono<AppEnv>()
    .get(
      '/users',
      forStaff(['members'], { summary: 'Look up a person by phone number', answer: memberAnswer, refusals: [2003] }),
      validate('query', userQuery),
      async (c) => {
        const user = await findUserByMobile(database, c.req.valid('query').mobile)
        if (!user) throw new Refusal(2003)
        return show(c, user, 'mobile')
      },
    )
    .get(
      '/members/:member_code',
      forStaff(['member_codes'], {
        summary: 'Look up a person by member code',
        answer: memberAnswer,
        refusals: [2003],
      }),
      validate('param', memberCodeParam, 2003),
      async (c) => {
        const { member_code } = c.req.valid('param')
        const user = await lookUps.find(c.get('caller').userId, 2003, () => findMember(member_code))
        return show(c, user, 'member_code')
      },
    )
}

function correctionRoutes({ till, calendar, now, rules }: MerchantDeps) {
  return new Hono<AppEnv>().post(
    '/users/:id/points',
    forStaff(['corrections'], {
      summary: 'Correct a balance, for a reason',
      answer: adjustAnswer.or(waitingAnswer),
      refusals: [2003, 4005, 6008, 6013],
      mayWait: true,
      idempotent: true,
    }),
    validate('param', rowIdParam, 2003),
    validate('json', adjustBody),
    async (c) => {
      const body = c.req.valid('json')
      const names = { userId: c.req.valid('param').id, adjustmentId: newId('ADJ'), newApprovalId: newId('AP') }
      const terms = { actor: actorOf(c), day: calendar.dayOf(now()), gifts: rules.gifts }
      const correction = { ...body, ...names, ...terms }
      return once(c, body, (idempotency) => till.run(adjustByStaff, correction, idempotency), showConsented(c))
    },
  )
}

function ledgerRoutes({ database, till }: MerchantDeps) {
  return new Hono<AppEnv>().get(
    '/users/:id/points',
    forStaff(['ledgers'], { summary: 'A person’s ledger, newest first', answer: recordsAnswer, refusals: [2003] }),
    validate('param', rowIdParam, 2003),
    validate('query', recordsQuery),
    async (c) => {
      const { user_id } = await requireUser(database, c.req.valid('param').id)
      const query = c.req.valid('query')
      const deed = { action: 'member.ledger', target: `user:${user_id}`, details: { page: query.page } }
      await till.run(recordDeed, { actor: actorOf(c), deed })
      return ok(c, await readPointsRecords(database, user_id, query))
    },
  )
}
