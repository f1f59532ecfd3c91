import { describe, expect, test } from 'bun:test'
import { codesOf, useApprovals } from '../../support/approvals.ts'
import { balanceOf, signIn, signInStaff } from '../../support/people.ts'
import { useService } from '../../support/service.ts'
import { newUpload } from '../../support/uploads.ts'

const service = useService()
const { people, send, review, decide, list } = useApprovals(service)
const base = '/api/merchant'

describe('a review that passes a limit', () => {
  const unread = { input_amount_fen: 999_999, recognized_amount_fen: null, estimated_points: 99_999 }

  test('an unread receipt over APPROVAL_OVER_UNREAD waits, at the reviewer’s amount', async () => {
    const reviewer = await signInStaff(service, 'reviewer')
    const small = await newUpload(service, people.diner, { ...unread, input_amount_fen: 100_000 })
    expect((await review(small, { amount: 1_000 }, { by: reviewer })).data.points_awarded).toBe(10_000)
    const large = await newUpload(service, people.diner, unread)
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
    const { reviews } = (await service.client.get(`${base}/reviews/history`, { token: people.owner.token })).data
    expect(reviews[0]).toMatchObject({
      upload_id: large,
      reviewed_amount: '1000.10',
      reviewer: { user_id: reviewer.userId },
    })
  })

  test('only what is above the estimate is a gift', async () => {
    const amounts = { input_amount_fen: 30_000, recognized_amount_fen: 30_000 }
    const [first, second] = [
      await newUpload(service, people.diner, amounts),
      await newUpload(service, people.diner, amounts),
    ]
    expect((await review(first, { points: 5_000 })).data.points_awarded).toBe(5_000)
    expect((await review(second, { points: 5_001 })).data.approval_status).toBe('pending')
    expect((await service.client.get(`${base}/me`, { token: people.manager.token })).data.budgets).toEqual({
      discretionary: { limit: 5_000, used: 2_000 },
      reviews: { limit: 1_000_000, used: 3_000 },
    })
  })

  test.each(['similar_photo', 'repeated_number'])(
    'a receipt with the flag %p waits, however few its points',
    async (flag) => {
      const flags = JSON.stringify([{ flag, upload_id: 'UP_2222222222222222' }])
      const upload_id = await newUpload(service, people.diner, { flags })
      const { data } = await review(upload_id)
      expect(await list()).toMatchObject([{ reasons: ['copy'], points: 885 }])
      expect((await decide(data.approval_id)).data.result.points_awarded).toBe(885)
    },
  )

  test('so does a photo that somebody else sent as well, but not one that was rejected and is sent again', async () => {
    const photo = { image_sha256: 'A'.repeat(64) }
    await newUpload(service, people.diner, { ...photo, review_status: 'rejected', review_time: new Date() })
    const again = await newUpload(service, people.diner, { ...photo, resend: 1 })
    expect((await review(again)).data.points_awarded).toBe(885)
    const thief = await newUpload(service, await signIn(service), photo)
    expect((await review(thief)).data.approval_status).toBe('pending')
  })

  test('other flags make nobody wait', async () => {
    const flags = JSON.stringify([
      { flag: 'amount_differs', upload_id: null },
      { flag: 'old_receipt', upload_id: null },
    ])
    expect((await review(await newUpload(service, people.diner, { flags }))).data.points_awarded).toBe(885)
  })

  test('doesn’t stand in the way of a rejection, by the asker or another, and ends with it', async () => {
    for (const by of [people.manager, people.owner]) {
      const upload_id = await newUpload(service, people.diner, unread)
      const { approval_id } = (await review(upload_id, { amount: 9_999.99 })).data
      expect((await review(upload_id, { action: 'reject' }, { by })).code).toBe(0)
      expect(await decide(approval_id)).toMatchObject({ code: 6004, data: { current_status: 'expired' } })
    }
    expect([await list(), await balanceOf(service, people.diner)]).toEqual([[], 1_000])
  })

  test('ends when somebody approves the upload at its ordinary worth, and gives nothing more', async () => {
    const upload_id = await newUpload(service, people.diner, {
      input_amount_fen: 50_000,
      recognized_amount_fen: 50_000,
    })
    const { approval_id } = (await review(upload_id, { points: 10_000 })).data
    expect((await review(upload_id, {}, { by: people.owner })).data.points_awarded).toBe(5_000)
    expect((await decide(approval_id, 'approve', { by: await signInStaff(service, 'manager') })).code).toBe(6004)
    expect(await balanceOf(service, people.diner)).toBe(6_000)
  })

  test('an approval and a rejection of the upload at the same moment have one outcome', async () => {
    for (let round = 0; round < 5; round += 1) {
      const before = await balanceOf(service, people.diner)
      const upload_id = await newUpload(service, people.diner, { ...unread, input_amount_fen: 200_000 })
      const { approval_id } = (await review(upload_id, { amount: 2_000 })).data
      const answers = await Promise.all([decide(approval_id), review(upload_id, { action: 'reject' })])
      expect(codesOf(answers)).toEqual([0, 6004])
      expect((await balanceOf(service, people.diner)) - before).toBe(answers[0]?.code === 0 ? 20_000 : 0)
    }
  })

  test('in a batch waits alone, and is told by 6013 to clients that know no approvals', async () => {
    const copy = { flags: JSON.stringify([{ flag: 'similar_photo', upload_id: null }]) }
    const [plain, copied] = [await newUpload(service, people.diner), await newUpload(service, people.diner, copy)]
    const reviews = [plain, copied].map((upload_id) => ({ upload_id, action: 'approve' }))
    const older = (await send('post', '/batch-review', { reviews }, { knows: false })).data.results
    const [{ approval_id }] = await list()
    expect(older).toMatchObject([{ code: 0 }, { ok: false, code: 6013, approval_id, points_awarded: 0 }])
    const newer = (await send('post', '/batch-review', { reviews: reviews.slice(1) }, { key: 'b' })).data.results
    const told = { ok: true, code: 0, approval_id, approval_status: 'pending', points_awarded: 0 }
    expect(newer).toMatchObject([told])
    await decide(approval_id)
    const again = (await send('post', '/batch-review', { reviews: reviews.slice(1) }, { key: 'b' })).data.results
    expect([again, await balanceOf(service, people.diner)]).toEqual([newer, 1_000 + 2 * 885])
  })
})
