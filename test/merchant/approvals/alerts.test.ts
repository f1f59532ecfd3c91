import { afterAll, expect, test } from 'bun:test'
import { doubtsOf } from '../../../src/merchant/reviews/award.ts'
import { startAlertDesk } from '../../support/alert-desk.ts'
import { type Person, signIn, signInStaff } from '../../support/people.ts'
import { useService } from '../../support/service.ts'
import { newUpload } from '../../support/uploads.ts'

const desk = startAlertDesk()
const service = useService({ ALERT_WEBHOOK: desk.url, ALERT_FORMAT: 'json' })
const base = '/api/merchant'
afterAll(() => void desk.stop())

const approve = ({ token }: Person, upload_id: string) =>
  service.client.post(`${base}/review`, { token, body: { upload_id, action: 'approve' } })
const told = () => desk.told.map(({ body }) => [body.event, body.details])

const flagged = (...flags: string[]) => JSON.stringify(flags.map((flag) => ({ flag, upload_id: null })))

// Alerts of one event within five minutes are one message, so that one test raises each of them once.
test('operators hear of gifts that stand out and of who decides alone, not of ordinary reviews', async () => {
  const [owner, diner] = [await signInStaff(service, 'owner'), await signIn(service)]
  const witnessed = { input_amount_fen: 100_000, recognized_amount_fen: 100_000 }
  for (let i = 0; i < 3; i += 1) expect((await approve(owner, await newUpload(service, diner, witnessed))).code).toBe(0)
  await Bun.sleep(100)
  expect(told()).toEqual([])

  const body = { points: 4_000, reason: '补偿' }
  await service.client.post(`${base}/users/${diner.userId}/points`, { token: owner.token, body })
  const flags = flagged('same_receipt', 'other_merchant')
  const copy = await newUpload(service, diner, { flags })
  await approve(owner, copy)
  const deadline = Date.now() + 10_000
  while (desk.told.length < 4 && Date.now() < deadline) await Bun.sleep(20)
  const [staff, guest] = [`员工 ${owner.userId}`, `顾客 ${diner.userId}`]
  expect(told()).toEqual([
    ['approval_alone', [`${staff} 独自决定了 user:${diner.userId}（大额赠送），没有其他负责人可以审批`]],
    ['staff_budget', [`${staff} 今天自行发放 4000 积分，额度 5000；超出后需要另一位负责人审批`]],
    ['staff_pair', [`${staff} 今天已给${guest} 共 34000 积分`]],
    ['flagged_approved', [`${staff} 审核的 upload:${copy} 已通过（疑似重复的小票、其他商家的小票）`]],
  ])
})

test.each([
  [5_000, ['unread'], ['unread']],
  [4_999, ['unread'], []],
  [5_000, ['over_limit'], ['over_limit']],
  [1, ['other_merchant', 'old_receipt'], ['other_merchant']],
  [9_999, ['amount_differs', 'similar_photo'], []],
])('an award of %p points for a receipt with the flags %p raises the doubts %p', (points, flags, doubts) => {
  const award = { points, ordinary: points, isUnread: true }
  expect<string[]>(doubtsOf({ flags: flagged(...flags) }, award, service.services.rules.gifts)).toEqual(doubts)
})
