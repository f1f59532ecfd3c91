import { beforeEach, describe, expect, test } from 'bun:test'
import type { Job } from '../../../src/jobs/job.ts'
import { systemActor } from '../../../src/staff/actor.ts'
import { setRole } from '../../../src/staff/set-role.ts'
import type { AuditRecord } from '../../../src/staff/wire.ts'
import { parallelCopies } from '../../support/copies.ts'
import { appoint, balanceOf, newProduct, type Person, signIn, signInStaff } from '../../support/people.ts'
import { useService } from '../../support/service.ts'
import { newUpload } from '../../support/uploads.ts'

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

interface Options {
  by?: Person
  key?: string
  /** Whether the caller knows approvals, as the console does. */
  knows?: boolean
}

const send = (method: 'post' | 'put', path: string, body: object, { by = manager, key, knows = true }: Options = {}) =>
  service.client[method](`${base}${path}`, {
    token: by.token,
    body,
    ...(knows ? { headers: { 'X-Approvals': '1' } } : {}),
    ...(key ? { idempotencyKey: key } : {}),
  })
const correct = (points: number, options: Options & { to?: Person } = {}) =>
  send('post', `/users/${(options.to ?? diner).userId}/points`, { points, reason: '补偿' }, options)
const review = (upload_id: string, claim: object = {}, options: Options = {}) =>
  send('post', '/review', { upload_id, action: 'approve', ...claim }, options)
const decide = (id: string, action = 'approve', options: Options = {}) =>
  send('post', `/approvals/${id}`, { action }, { by: owner, ...options })
const list = async (status = 'pending', by = owner) =>
  (await service.client.get(`${base}/approvals?status=${status}`, { token: by.token })).data.approvals
const audited = async (action: string): Promise<AuditRecord[]> =>
  (await service.client.get(`${base}/audit?action=${action}`, { token: owner.token })).data.records
const codesOf = (answers: readonly { code: number }[]) => answers.map(({ code }) => code).toSorted((a, b) => a - b)

describe('a gift over APPROVAL_OVER', () => {
  test('waits for another person, and changes nothing until then', async () => {
    expect((await correct(2_000)).data).toEqual({ user_id: diner.userId, new_balance: 3_000 })
    const { code, data } = await correct(2_001)
    expect([code, data]).toEqual([0, { approval_id: expect.stringMatching(/^AP_/), approval_status: 'pending' }])
    expect(await balanceOf(service, diner)).toBe(3_000)
    expect(await list()).toMatchObject([
      {
        ...{ approval_id: data.approval_id, approval_status: 'pending', kind: 'correction', points: 2_001 },
        ...{ subject: `user:${diner.userId}`, reasons: ['gift'], asked_reason: '补偿' },
        ...{ before: { total_points: 3_000 }, after: { total_points: 5_001 }, decided_by: null, decided_at: null },
        ...{ asked_by: { user_id: manager.userId }, for_user: { user_id: diner.userId } },
      },
    ])
    const decided = await decide(data.approval_id)
    expect(decided.data).toEqual({
      ...{ approval_id: data.approval_id, approval_status: 'approved' },
      result: { user_id: diner.userId, new_balance: 5_001 },
    })
    expect(await balanceOf(service, diner)).toBe(5_001)
    expect(await list()).toEqual([])
    expect(await list('approved')).toMatchObject([{ decided_by: { user_id: owner.userId } }])
  })

  test('is refused with 6013 to a client that knows no approvals, which waits all the same', async () => {
    const refused = await correct(3_000, { knows: false })
    expect([refused.code, refused.msg]).toEqual([6013, '已提交审批，等另一位负责人同意后生效'])
    const [waiting] = await list()
    expect(refused.data).toEqual({ approval_id: waiting.approval_id })
    expect((await decide(waiting.approval_id)).code).toBe(0)
    expect(await balanceOf(service, diner)).toBe(4_000)
  })

  test('waits once for each diner: asking again, also at the same moment, gives the same approval', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => correct(3_000, { by: i % 2 ? owner : manager })),
    )
    expect(new Set(answers.map(({ data }) => data.approval_id)).size).toBe(1)
    expect((await correct(9_000)).data.approval_id).toBe(answers[0]?.data.approval_id)
    expect((await list()).length).toBe(1)
    expect((await correct(3_000, { to: await signIn(service) })).data.approval_id).not.toBe(
      answers[0]?.data.approval_id,
    )
  })

  test('stands in the audit with before and after: who asked, who agreed, and what was done', async () => {
    const { approval_id } = (await correct(3_000)).data
    await decide(approval_id)
    const states = { before: { total_points: 1_000 }, after: { total_points: 4_000 } }
    const target = `approval:${approval_id}`
    const asker = { user_id: manager.userId }
    expect(await audited('approval.ask')).toMatchObject([{ actor: asker, target, ...states }])
    expect(await audited('approval.approve')).toMatchObject([
      {
        ...{ actor: { user_id: owner.userId }, target, before: { status: 'pending' }, after: { status: 'approved' } },
        details: { approval_id, subject: `user:${diner.userId}`, asked_by: manager.userId },
      },
    ])
    expect(await audited('points.adjust')).toMatchObject([
      { actor: asker, ...states, details: { approval_id, approved_by: owner.userId, points: 3_000 } },
    ])
  })

  test('that is taken back waits for nobody', async () => {
    expect((await correct(100_000, { knows: false })).code).toBe(6013)
    await decide((await list())[0].approval_id)
    expect((await correct(-100_000, { knows: false })).data.new_balance).toBe(1_000)
  })
})

describe('a decision', () => {
  test('is neither that of who asked nor of whom it is for', async () => {
    const { approval_id } = (await correct(3_000, { to: owner })).data
    for (const by of [manager, owner]) {
      for (const action of ['approve', 'reject']) expect((await decide(approval_id, action, { by })).code).toBe(6012)
    }
    const third = await signInStaff(service, 'manager')
    expect((await decide(approval_id, 'approve', { by: third })).code).toBe(0)
    expect(await balanceOf(service, owner)).toBe(4_000)
  })

  test('is made once: of 20 at the same moment by two people one counts, and the points come once', async () => {
    const third = await signInStaff(service, 'manager')
    const { approval_id } = (await correct(3_000)).data
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => decide(approval_id, 'approve', { by: i % 2 ? owner : third })),
    )
    expect(codesOf(answers)).toEqual([0, ...Array(19).fill(6004)])
    expect(await balanceOf(service, diner)).toBe(4_000)
    expect((await decide(approval_id, 'reject')).data).toEqual({ current_status: 'approved' })
  })

  test('of an approval and a rejection at the same moment exactly one counts', async () => {
    const third = await signInStaff(service, 'manager')
    const { approval_id } = (await correct(3_000)).data
    const answers = await Promise.all([decide(approval_id), decide(approval_id, 'reject', { by: third })])
    expect(codesOf(answers)).toEqual([0, 6004])
    expect(await balanceOf(service, diner)).toBe(answers[0]?.code === 0 ? 4_000 : 1_000)
  })

  test('with a key is made once, and 20 copies of it get one answer', async () => {
    const { approval_id } = (await correct(3_000, { key: 'ask' })).data
    await parallelCopies(() => decide(approval_id, 'approve', { key: 'yes' }))
    expect(await balanceOf(service, diner)).toBe(4_000)
    expect((await decide(approval_id, 'reject', { key: 'yes' })).code).toBe(9008)
    const again = await correct(3_000, { key: 'ask' })
    expect([again.data.approval_id, again.headers.get('Idempotency-Replayed')]).toEqual([approval_id, 'true'])
    expect((await correct(3_000, { key: 'ask', knows: false })).data).toEqual({ approval_id })
    expect([await balanceOf(service, diner), (await list()).length]).toEqual([4_000, 0])
  })

  test('to reject changes nothing, and the same may be asked for again', async () => {
    const { approval_id } = (await correct(3_000)).data
    const body = { action: 'reject', reason: '请附小票' }
    const { data } = await send('post', `/approvals/${approval_id}`, body, { by: owner })
    expect(data).toEqual({ approval_id, approval_status: 'rejected', result: null })
    expect(await balanceOf(service, diner)).toBe(1_000)
    expect(await list('rejected')).toMatchObject([{ decision_reason: '请附小票' }])
    const again = (await correct(3_000)).data.approval_id
    expect(again).not.toBe(approval_id)
    expect((await decide(again)).code).toBe(0)
  })

  test('does nothing for an asker who lost the role meanwhile, and can still be a rejection', async () => {
    const { approval_id } = (await correct(3_000)).data
    for (const role of [null, 'cashier'] as const) {
      await appoint(service, manager, role)
      expect(await decide(approval_id)).toMatchObject({ code: 6012, data: null })
    }
    expect(await balanceOf(service, diner)).toBe(1_000)
    expect((await decide(approval_id, 'reject')).code).toBe(0)
  })

  test('and the end of the asker’s role at the same moment: the points come, or the role went first', async () => {
    const { approval_id } = (await correct(3_000)).data
    const [decided] = await Promise.all([
      decide(approval_id),
      service.services.till.run(setRole, { who: { userId: manager.userId }, role: null, actor: systemActor() }),
    ])
    expect([0, 6012]).toContain(decided?.code ?? -1)
    expect(await balanceOf(service, diner)).toBe(decided?.code === 0 ? 4_000 : 1_000)
  })

  test('is no more possible after 7 days, before and after the job has ended the approval', async () => {
    const { approval_id } = (await correct(3_000)).data
    service.clock.advance(7 * day_ms - 60_000)
    owner = await signIn(service, owner.phone)
    expect((await list())[0].approval_status).toBe('pending')
    service.clock.advance(60_000)
    expect((await list())[0].approval_status).toBe('expired')
    expect(await decide(approval_id)).toMatchObject({ code: 6004, data: { current_status: 'expired' } })
    const expiry = service.services.jobs.all.find(({ name }) => name === 'expire-approvals') as Job
    const runs = await Promise.all([service.services.jobs.run(expiry), decide(approval_id)])
    expect(runs[1]?.code).toBe(6004)
    expect(await list('expired')).toMatchObject([{ approval_id, decided_by: null }])
    manager = await signIn(service, manager.phone)
    expect((await correct(3_000)).data.approval_id).not.toBe(approval_id)
  })

  test.each([
    ['AP_NONE', { action: 'approve' }, 6003],
    ['AP_2222222222222222', { action: 'approve' }, 6003],
    ['%27%20OR%201=1', { action: 'approve' }, 6003],
    ['AP_2222222222222222', { action: 'yes' }, 9000],
    ['AP_2222222222222222', {}, 9000],
    ['AP_2222222222222222', { action: 'reject', reason: 'x'.repeat(201) }, 9000],
    ['AP_2222222222222222', { action: 'reject', reason: 'a\u0000' }, 9000],
  ])('about %p with %j is refused', async (id, body, code) => {
    expect((await send('post', `/approvals/${id}`, body, { by: owner })).code).toBe(code)
  })

  test('a list of an unknown status is refused with 9000', async () => {
    const { code } = await service.client.get(`${base}/approvals?status=all`, { token: owner.token })
    expect(code).toBe(9000)
  })
})

describe('a review that passes a limit', () => {
  const unread = { input_amount_fen: 999_999, recognized_amount_fen: null, estimated_points: 99_999 }

  test('an unread receipt over APPROVAL_OVER_UNREAD waits, at the reviewer’s amount', async () => {
    const reviewer = await signInStaff(service, 'reviewer')
    const small = await newUpload(service, diner, { ...unread, input_amount_fen: 100_000 })
    expect((await review(small, { amount: 1_000 }, { by: reviewer })).data.points_awarded).toBe(10_000)
    const large = await newUpload(service, diner, unread)
    const { data } = await review(large, { amount: 1_000.1 }, { by: reviewer })
    expect(await list()).toMatchObject([
      {
        kind: 'review',
        subject: `upload:${large}`,
        reasons: ['unread'],
        points: 10_001,
        asked_by: { user_id: reviewer.userId },
      },
    ])
    const { result } = (await decide(data.approval_id)).data
    expect(result).toMatchObject({
      upload_id: large,
      action: 'approve',
      points_awarded: 10_001,
      user_new_balance: 21_001,
    })
    const { reviews } = (await service.client.get(`${base}/reviews/history`, { token: owner.token })).data
    expect(reviews[0]).toMatchObject({
      upload_id: large,
      reviewed_amount: '1000.10',
      reviewer: { user_id: reviewer.userId },
    })
  })

  test('only what is above the estimate is a gift', async () => {
    const amounts = { input_amount_fen: 30_000, recognized_amount_fen: 30_000 }
    const [first, second] = [await newUpload(service, diner, amounts), await newUpload(service, diner, amounts)]
    expect((await review(first, { points: 5_000 })).data.points_awarded).toBe(5_000)
    expect((await review(second, { points: 5_001 })).data.approval_status).toBe('pending')
    expect((await service.client.get(`${base}/me`, { token: manager.token })).data.budgets).toEqual({
      discretionary: { limit: 5_000, used: 2_000 },
      reviews: { limit: 1_000_000, used: 3_000 },
    })
  })

  test.each(['similar_photo', 'repeated_number'])(
    'a receipt with the flag %p waits, however few its points',
    async (flag) => {
      const flags = JSON.stringify([{ flag, upload_id: 'UP_2222222222222222' }])
      const upload_id = await newUpload(service, diner, { flags })
      const { data } = await review(upload_id)
      expect(await list()).toMatchObject([{ reasons: ['copy'], points: 885 }])
      expect((await decide(data.approval_id)).data.result.points_awarded).toBe(885)
    },
  )

  test('so does a photo that somebody else sent as well, but not one that was rejected and is sent again', async () => {
    const photo = { image_sha256: 'A'.repeat(64) }
    await newUpload(service, diner, { ...photo, review_status: 'rejected', review_time: new Date() })
    const again = await newUpload(service, diner, { ...photo, resend: 1 })
    expect((await review(again)).data.points_awarded).toBe(885)
    const thief = await newUpload(service, await signIn(service), photo)
    expect((await review(thief)).data.approval_status).toBe('pending')
  })

  test('other flags make nobody wait', async () => {
    const flags = JSON.stringify([
      { flag: 'amount_differs', upload_id: null },
      { flag: 'old_receipt', upload_id: null },
    ])
    expect((await review(await newUpload(service, diner, { flags }))).data.points_awarded).toBe(885)
  })

  test('doesn’t stand in the way of a rejection, by the asker or another, and ends with it', async () => {
    for (const by of [manager, owner]) {
      const upload_id = await newUpload(service, diner, unread)
      const { approval_id } = (await review(upload_id, { amount: 9_999.99 })).data
      expect((await review(upload_id, { action: 'reject' }, { by })).code).toBe(0)
      expect(await decide(approval_id)).toMatchObject({ code: 6004, data: { current_status: 'expired' } })
    }
    expect([await list(), await balanceOf(service, diner)]).toEqual([[], 1_000])
  })

  test('ends when somebody approves the upload at its ordinary worth, and gives nothing more', async () => {
    const upload_id = await newUpload(service, diner, { input_amount_fen: 50_000, recognized_amount_fen: 50_000 })
    const { approval_id } = (await review(upload_id, { points: 10_000 })).data
    expect((await review(upload_id, {}, { by: owner })).data.points_awarded).toBe(5_000)
    expect((await decide(approval_id, 'approve', { by: await signInStaff(service, 'manager') })).code).toBe(6004)
    expect(await balanceOf(service, diner)).toBe(6_000)
  })

  test('an approval and a rejection of the upload at the same moment have one outcome', async () => {
    for (let round = 0; round < 5; round += 1) {
      const before = await balanceOf(service, diner)
      const upload_id = await newUpload(service, diner, { ...unread, input_amount_fen: 200_000 })
      const { approval_id } = (await review(upload_id, { amount: 2_000 })).data
      const answers = await Promise.all([decide(approval_id), review(upload_id, { action: 'reject' })])
      expect(codesOf(answers)).toEqual([0, 6004])
      expect((await balanceOf(service, diner)) - before).toBe(answers[0]?.code === 0 ? 20_000 : 0)
    }
  })

  test('in a batch waits alone, and is told by 6013 to clients that know no approvals', async () => {
    const copy = { flags: JSON.stringify([{ flag: 'similar_photo', upload_id: null }]) }
    const [plain, copied] = [await newUpload(service, diner), await newUpload(service, diner, copy)]
    const reviews = [plain, copied].map((upload_id) => ({ upload_id, action: 'approve' }))
    const older = (await send('post', '/batch-review', { reviews }, { knows: false })).data.results
    const [{ approval_id }] = await list()
    expect(older).toMatchObject([{ code: 0 }, { ok: false, code: 6013, approval_id, points_awarded: 0 }])
    const newer = (await send('post', '/batch-review', { reviews: reviews.slice(1) }, { key: 'b' })).data.results
    const told = { ok: true, code: 0, approval_id, approval_status: 'pending', points_awarded: 0 }
    expect(newer).toMatchObject([told])
    await decide(approval_id)
    const again = (await send('post', '/batch-review', { reviews: reviews.slice(1) }, { key: 'b' })).data.results
    expect([again, await balanceOf(service, diner)]).toEqual([newer, 1_000 + 2 * 885])
  })
})

describe('a price or a limit', () => {
  const edit = (id: number, fields: object, options: Options = {}) => send('put', `/products/${id}`, fields, options)
  const productOf = async (id: number) => {
    const { products } = (await service.client.get(`${base}/products`, { token: owner.token })).data
    return products.find(({ product_id }: { product_id: number }) => product_id === id)
  }

  test('that is cut below half waits, with all that is changed with it', async () => {
    const id = await newProduct(service, 5, { exchange_points: 3_980, per_user_limit: 10 })
    const { data } = await edit(id, { exchange_points: 1, name: '朋友价' })
    expect(await productOf(id)).toMatchObject({ exchange_points: 3_980, name: '测试商品' })
    expect(await list()).toMatchObject([
      {
        ...{ kind: 'product', subject: `product:${id}`, reasons: ['price'], for_user: null, points: null },
        before: { [id]: { exchange_points: 3_980, name: '测试商品' } },
        after: { [id]: { exchange_points: 1, name: '朋友价' } },
      },
    ])
    expect((await decide(data.approval_id)).code).toBe(0)
    expect(await productOf(id)).toMatchObject({ exchange_points: 1, name: '朋友价' })
    const [{ actor, before, after, details }] = (await audited('product.edit')) as [AuditRecord]
    expect([actor?.user_id, before?.exchange_points, after?.exchange_points]).toEqual([manager.userId, 3_980, 1])
    expect(details).toEqual({ approval_id: data.approval_id, approved_by: owner.userId })
    expect((await edit(id, { per_user_limit: 4 })).data.approval_status).toBe('pending')
  })

  test('that is cut to half, raised, or given for the first time waits for nobody', async () => {
    const id = await newProduct(service, 5, { exchange_points: 100, per_user_limit: null })
    for (const fields of [
      { exchange_points: 50 },
      { exchange_points: 9_000 },
      { per_user_limit: 1 },
      { per_user_limit: 5 },
      { per_user_limit: null },
      { exchange_points: 60 },
    ])
      expect((await edit(id, fields, { knows: false })).code).toBe(0)
  })

  test('can’t be halved many times a day: it is measured by the price that the day began with', async () => {
    const id = await newProduct(service, 5, { exchange_points: 3_980 })
    expect((await edit(id, { exchange_points: 1_990 })).data.exchange_points).toBe(1_990)
    const { data } = await edit(id, { exchange_points: 1_989 })
    expect(data.approval_status).toBe('pending')
    await decide(data.approval_id)
    expect((await edit(id, { exchange_points: 995 })).data.exchange_points).toBe(995)
    expect((await edit(id, { exchange_points: 994 })).data.approval_status).toBe('pending')
  })

  test('of many products changes for all of them or none', async () => {
    const ids = [
      await newProduct(service, 5, { exchange_points: 100 }),
      await newProduct(service, 5, { exchange_points: 100 }),
    ]
    const products = ids.map((product_id, i) => ({ product_id, exchange_points: i === 0 ? 90 : 10 }))
    const { approval_id } = (await send('post', '/products/batch-update', { products })).data
    expect((await productOf(ids[0] ?? 0)).exchange_points).toBe(100)
    expect((await send('post', '/products/batch-update', { products }, { knows: false })).data).toEqual({ approval_id })
    await decide(approval_id)
    expect([(await productOf(ids[0] ?? 0)).exchange_points, (await productOf(ids[1] ?? 0)).exchange_points]).toEqual([
      90, 10,
    ])
  })

  test('that was changed meanwhile is not what somebody agreed to', async () => {
    const id = await newProduct(service, 5, { exchange_points: 100 })
    const { approval_id } = (await edit(id, { exchange_points: 40 })).data
    await edit(id, { exchange_points: 9_000 }, { by: owner })
    expect(await decide(approval_id)).toMatchObject({ code: 6004, data: { current_status: 'changed' } })
    expect((await productOf(id)).exchange_points).toBe(9_000)
  })

  test('of a product that was deleted meanwhile is refused with 4002', async () => {
    const id = await newProduct(service, 5, { exchange_points: 100 })
    const { approval_id } = (await edit(id, { exchange_points: 40 })).data
    await service.client.delete(`${base}/products/${id}`, { token: owner.token })
    expect((await decide(approval_id)).code).toBe(4002)
  })
})

describe('where nobody else has the right', () => {
  test('an owner’s own word counts at once, and stands in the audit as alone', async () => {
    await appoint(service, manager, 'reviewer')
    expect((await correct(9_000, { by: owner, knows: false })).data).toEqual({
      user_id: diner.userId,
      new_balance: 10_000,
    })
    const reasons = ['gift', 'staff_budget']
    expect((await audited('points.adjust'))[0]?.details).toMatchObject({ alone: true, reasons })
  })

  test('so does that of a lone manager while there is no owner, and no more once there is one', async () => {
    await appoint(service, manager, null)
    const lone = await signInStaff(service, 'manager')
    expect((await correct(3_000, { by: lone })).data.approval_status).toBe('pending')
    await service.database.query("UPDATE staff SET role = 'auditor' WHERE user_id = ?", [owner.userId])
    expect((await correct(4_000, { by: lone })).data.new_balance).toBe(5_000)
    // What waited has ended with it, so that the same is not given twice.
    expect(await service.database.query('SELECT status FROM approvals')).toEqual([{ status: 'expired' }])
  })

  test('two managers without an owner need each other, also for gifts to one of them', async () => {
    await service.database.query("UPDATE staff SET role = 'manager' WHERE user_id = ?", [owner.userId])
    expect((await correct(3_000)).data.approval_status).toBe('pending')
    expect((await correct(3_000, { to: owner })).data.approval_status).toBe('pending')
  })

  test('whoever can’t sign in counts as nobody', async () => {
    await service.database.query("UPDATE users SET status = 'banned' WHERE user_id = ?", [manager.userId])
    expect((await correct(3_000, { by: owner })).data.new_balance).toBe(4_000)
  })

  test('a reviewer’s word never counts alone', async () => {
    const reviewer = await signInStaff(service, 'reviewer')
    await service.database.query("UPDATE staff SET role = 'auditor' WHERE user_id IN (?)", [
      [owner.userId, manager.userId],
    ])
    const upload_id = await newUpload(service, diner, { input_amount_fen: 999_999, recognized_amount_fen: null })
    expect((await review(upload_id, { amount: 9_000 }, { by: reviewer })).data.approval_status).toBe('pending')
  })
})
