import { beforeEach, describe, expect, test } from 'bun:test'
import { newId } from '../../src/lib/random.ts'
import { adjust, adjustByStaff } from '../../src/merchant/counter/adjust.ts'
import { review as reviewing } from '../../src/merchant/reviews/review.ts'
import { systemActor } from '../../src/staff/actor.ts'
import { askedBy, balanceOf, giftTerms, type Person, signIn, signInStaff } from '../support/people.ts'
import { withReplica } from '../support/replica.ts'
import { useService } from '../support/service.ts'
import { newUpload } from '../support/uploads.ts'

const service = useService()
const base = '/api/merchant'
const day_ms = 86_400_000
let owner: Person
let manager: Person
let diner: Person

beforeEach(async () => {
  owner = await signInStaff(service, 'owner')
  manager = await signInStaff(service, 'manager')
  diner = await signIn(service)
})

const correct = (points: number, to = diner, by = manager) =>
  service.client.post(`${base}/users/${to.userId}/points`, { token: by.token, body: { points, reason: '补偿' } })
const approve = (upload_id: string, claim: object = {}, by = manager) =>
  service.client.post(`${base}/review`, { token: by.token, body: { upload_id, action: 'approve', ...claim } })
const budgetsOf = async ({ token }: Person) => (await service.client.get(`${base}/me`, { token })).data.budgets
const waiting = async () =>
  (await service.client.get(`${base}/approvals`, { token: owner.token })).data.approvals.map(
    ({ reasons }: { reasons: string[] }) => reasons,
  )
const amounts = (fen: number) => ({ input_amount_fen: fen, recognized_amount_fen: fen })

describe('the discretionary budget of one of the staff', () => {
  test('is 5000 points a business day, to whomever they go; one point more waits', async () => {
    const others = [await signIn(service), await signIn(service)]
    for (const [to, points] of [
      [diner, 2_000],
      [others[0], 2_000],
      [others[1], 999],
    ] as const)
      expect((await correct(points, to)).code).toBe(0)
    expect((await correct(2)).code).toBe(6013)
    expect((await correct(1)).code).toBe(0)
    expect((await correct(1, others[0])).code).toBe(6013)
    expect((await budgetsOf(manager)).discretionary).toEqual({ limit: 5_000, used: 5_000 })
    expect(await waiting()).toEqual([['staff_budget'], ['staff_budget']])
  })

  test('begins again with the next business day', async () => {
    for (const points of [2_000, 2_000, 1_000]) await correct(points)
    expect((await correct(1)).code).toBe(6013)
    service.clock.advance(day_ms)
    manager = await signIn(service, manager.phone)
    expect((await budgetsOf(manager)).discretionary.used).toBe(0)
    expect((await correct(2_000)).code).toBe(0)
  })

  test('gets nothing back for what is taken', async () => {
    for (const points of [2_000, 2_000, 1_000, -2_000, -2_000]) expect((await correct(points)).code).toBe(0)
    expect((await correct(1)).code).toBe(6013)
    expect((await budgetsOf(manager)).discretionary.used).toBe(5_000)
  })

  test('counts corrections and what is awarded above the estimate together, for each of the staff', async () => {
    expect((await approve(await newUpload(service, diner, amounts(20_000)), { points: 4_000 })).code).toBe(0)
    expect((await correct(2_000)).code).toBe(0)
    expect((await approve(await newUpload(service, diner, amounts(20_000)), { points: 3_001 })).code).toBe(6013)
    expect((await approve(await newUpload(service, diner, amounts(20_000)), { points: 3_000 })).code).toBe(0)
    expect(await budgetsOf(manager)).toEqual({
      discretionary: { limit: 5_000, used: 5_000 },
      reviews: { limit: 1_000_000, used: 4_000 },
    })
    expect((await correct(2_000, diner, await signInStaff(service, 'manager'))).code).toBe(0)
  })

  test('holds when 60 corrections come at once, to many people and on two replicas', async () => {
    const diners = [diner, ...(await Promise.all(Array.from({ length: 5 }, () => signIn(service))))]
    // From here on every counter is there, so that nobody waits for one to be made.
    for (const one of diners) await correct(100, one)
    await withReplica(service, ({ till }) =>
      Promise.allSettled(
        Array.from({ length: 60 }, (_, i) => {
          const correction = { userId: diners[i % 6]?.userId ?? 0, points: 300, reason: '补偿' }
          const names = { adjustmentId: newId('ADJ'), ...askedBy(manager), ...giftTerms(service) }
          return (i % 2 ? till : service.services.till).run(adjustByStaff, { ...correction, ...names })
        }),
      ),
    )
    const balances = await Promise.all(diners.map((one) => balanceOf(service, one)))
    expect(balances.reduce((sum, balance) => sum + balance - 1_000, 0)).toBe(4_800)
    expect((await budgetsOf(manager)).discretionary.used).toBe(4_800)
  })

  test('is not used by commands', async () => {
    const correction = { userId: diner.userId, points: 100_000, reason: '迁移', adjustmentId: newId('ADJ') }
    await service.services.till.run(adjust, { ...correction, actor: systemActor() })
    expect(await balanceOf(service, diner)).toBe(101_000)
    expect((await correct(2_000)).code).toBe(0)
  })
})

describe('the budget of a diner', () => {
  const spread = async (points: readonly number[]) => {
    for (const each of points) {
      const upload_id = await newUpload(service, diner, amounts(each * 10))
      expect((await approve(upload_id, {}, await signInStaff(service, 'reviewer'))).code).toBe(0)
    }
  }

  test('is 100000 points a business day from all the staff together', async () => {
    await spread([99_990, 9])
    expect((await correct(2)).code).toBe(6013)
    expect((await approve(await newUpload(service, diner, amounts(20)))).code).toBe(6013)
    expect(await waiting()).toEqual([['diner_budget'], ['diner_budget']])
    expect((await correct(1)).code).toBe(0)
    expect((await correct(2, await signIn(service))).code).toBe(0)
  })

  test('holds when many of the staff give at once on two replicas', async () => {
    await spread([99_000])
    const staff = await Promise.all(Array.from({ length: 8 }, () => signInStaff(service, 'manager')))
    for (const one of staff) await correct(1, diner, one)
    await withReplica(service, ({ till }) =>
      Promise.allSettled(
        staff.map((one, i) => {
          const correction = { userId: diner.userId, points: 300, reason: '补偿', adjustmentId: newId('ADJ') }
          const names = { ...askedBy(one), ...giftTerms(service) }
          return (i % 2 ? till : service.services.till).run(adjustByStaff, { ...correction, ...names })
        }),
      ),
    )
    expect(await balanceOf(service, diner)).toBe(1_000 + 99_000 + 8 + 900)
  })
})

describe('a busy honest evening', () => {
  test('of 100 receipts of 150 yuan, all read and reviewed by one reviewer, meets no approval and no refusal', async () => {
    const reviewer = await signInStaff(service, 'reviewer')
    const diners = await Promise.all(Array.from({ length: 25 }, () => signIn(service)))
    const uploads: string[] = []
    for (let i = 0; i < 100; i += 1) uploads.push(await newUpload(service, diners[i % 25] as Person, amounts(15_000)))
    for (const upload_id of uploads.slice(0, 50))
      expect((await approve(upload_id, {}, reviewer)).data.points_awarded).toBe(1_500)
    const reviews = uploads.slice(50).map((upload_id) => ({ upload_id, action: 'approve' }))
    const { results } = (
      await service.client.post(`${base}/batch-review`, { token: reviewer.token, body: { reviews } })
    ).data
    expect(
      results.every(
        ({ ok, points_awarded }: { ok: boolean; points_awarded: number }) => ok && points_awarded === 1_500,
      ),
    ).toBe(true)
    expect(await waiting()).toEqual([])
    expect(await budgetsOf(reviewer)).toEqual({
      discretionary: { limit: 5_000, used: 0 },
      reviews: { limit: 1_000_000, used: 150_000 },
    })
  })

  test('two reviewers on two replicas at once give each receipt its points once', async () => {
    const reviewers = [await signInStaff(service, 'reviewer'), await signInStaff(service, 'reviewer')]
    const diners = await Promise.all(Array.from({ length: 5 }, () => signIn(service)))
    const uploads: { uploadId: string; uploaderId: number }[] = []
    for (let i = 0; i < 30; i += 1) {
      const one = diners[i % 5] as Person
      uploads.push({ uploadId: await newUpload(service, one, amounts(15_000)), uploaderId: one.userId })
    }
    const done = await withReplica(service, ({ till }) =>
      Promise.allSettled(
        uploads.flatMap((upload) =>
          reviewers.map((one, i) => {
            const claim = { action: 'approve', isBatch: false, maxMultiple: 2, ...giftTerms(service) } as const
            return (i ? till : service.services.till).run(reviewing, { ...upload, ...claim, ...askedBy(one) })
          }),
        ),
      ),
    )
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(30)
    const used = (await Promise.all(reviewers.map(budgetsOf))).map(({ reviews }) => reviews.used)
    expect(used[0] + used[1]).toBe(45_000)
  })
})
