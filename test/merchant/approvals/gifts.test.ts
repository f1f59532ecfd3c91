import { describe, expect, test } from 'bun:test'
import { useApprovals } from '../../support/approvals.ts'
import { appoint, balanceOf, signIn, signInStaff } from '../../support/people.ts'
import { useService } from '../../support/service.ts'
import { newUpload } from '../../support/uploads.ts'

const service = useService()
const { people, correct, review, decide, list, audited } = useApprovals(service)

describe('a gift over APPROVAL_OVER', () => {
  test('waits for another person, and changes nothing until then', async () => {
    expect((await correct(2_000)).data).toEqual({ user_id: people.diner.userId, new_balance: 3_000 })
    const { code, data } = await correct(2_001)
    expect([code, data]).toEqual([0, { approval_id: expect.stringMatching(/^AP_/), approval_status: 'pending' }])
    expect(await balanceOf(service, people.diner)).toBe(3_000)
    expect(await list()).toMatchObject([
      {
        ...{ approval_id: data.approval_id, approval_status: 'pending', kind: 'correction', points: 2_001 },
        ...{ subject: `user:${people.diner.userId}`, reasons: ['gift'], asked_reason: '补偿' },
        ...{ before: { total_points: 3_000 }, after: { total_points: 5_001 }, decided_by: null, decided_at: null },
        ...{ asked_by: { user_id: people.manager.userId }, for_user: { user_id: people.diner.userId } },
      },
    ])
    const decided = await decide(data.approval_id)
    expect(decided.data).toEqual({
      ...{ approval_id: data.approval_id, approval_status: 'approved' },
      result: { user_id: people.diner.userId, new_balance: 5_001 },
    })
    expect(await balanceOf(service, people.diner)).toBe(5_001)
    expect(await list()).toEqual([])
    expect(await list('approved')).toMatchObject([{ decided_by: { user_id: people.owner.userId } }])
  })

  test('is refused with 6013 to a client that knows no approvals, which waits all the same', async () => {
    const refused = await correct(3_000, { knows: false })
    expect([refused.code, refused.msg]).toEqual([6013, '已提交审批，等另一位负责人同意后生效'])
    const [waiting] = await list()
    expect(refused.data).toEqual({ approval_id: waiting.approval_id })
    expect((await decide(waiting.approval_id)).code).toBe(0)
    expect(await balanceOf(service, people.diner)).toBe(4_000)
  })

  test('waits once for each diner: asking again, also at the same moment, gives the same approval', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => correct(3_000, { by: i % 2 ? people.owner : people.manager })),
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
    const asker = { user_id: people.manager.userId }
    expect(await audited('approval.ask')).toMatchObject([{ actor: asker, target, ...states }])
    expect(await audited('approval.approve')).toMatchObject([
      {
        ...{
          actor: { user_id: people.owner.userId },
          target,
          before: { status: 'pending' },
          after: { status: 'approved' },
        },
        details: { approval_id, subject: `user:${people.diner.userId}`, asked_by: people.manager.userId },
      },
    ])
    expect(await audited('points.adjust')).toMatchObject([
      { actor: asker, ...states, details: { approval_id, approved_by: people.owner.userId, points: 3_000 } },
    ])
  })

  test('that is taken back waits for nobody', async () => {
    expect((await correct(100_000, { knows: false })).code).toBe(6013)
    await decide((await list())[0].approval_id)
    expect((await correct(-100_000, { knows: false })).data.new_balance).toBe(1_000)
  })
})

describe('where nobody else has the right', () => {
  test('an owner’s own word counts at once, and stands in the audit as alone', async () => {
    await appoint(service, people.manager, 'reviewer')
    expect((await correct(9_000, { by: people.owner, knows: false })).data).toEqual({
      user_id: people.diner.userId,
      new_balance: 10_000,
    })
    const reasons = ['gift', 'staff_budget']
    expect((await audited('points.adjust'))[0]?.details).toMatchObject({ alone: true, reasons })
  })

  test('so does that of a lone manager while there is no owner, and no more once there is one', async () => {
    await appoint(service, people.manager, null)
    const lone = await signInStaff(service, 'manager')
    expect((await correct(3_000, { by: lone })).data.approval_status).toBe('pending')
    await service.database.query("UPDATE staff SET role = 'auditor' WHERE user_id = ?", [people.owner.userId])
    expect((await correct(4_000, { by: lone })).data.new_balance).toBe(5_000)
    // What waited has ended with it, so that the same is not given twice.
    expect(await service.database.query('SELECT status FROM approvals')).toEqual([{ status: 'expired' }])
  })

  test('two managers without an owner need each other, also for gifts to one of them', async () => {
    await service.database.query("UPDATE staff SET role = 'manager' WHERE user_id = ?", [people.owner.userId])
    expect((await correct(3_000)).data.approval_status).toBe('pending')
    expect((await correct(3_000, { to: people.owner })).data.approval_status).toBe('pending')
  })

  test('whoever can’t sign in counts as nobody', async () => {
    await service.database.query("UPDATE users SET status = 'banned' WHERE user_id = ?", [people.manager.userId])
    expect((await correct(3_000, { by: people.owner })).data.new_balance).toBe(4_000)
  })

  test('a reviewer’s word never counts alone', async () => {
    const reviewer = await signInStaff(service, 'reviewer')
    await service.database.query("UPDATE staff SET role = 'auditor' WHERE user_id IN (?)", [
      [people.owner.userId, people.manager.userId],
    ])
    const upload_id = await newUpload(service, people.diner, { input_amount_fen: 999_999, recognized_amount_fen: null })
    expect((await review(upload_id, { amount: 9_000 }, { by: reviewer })).data.approval_status).toBe('pending')
  })
})
