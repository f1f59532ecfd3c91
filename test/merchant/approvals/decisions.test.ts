import { describe, expect, test } from 'bun:test'
import { systemActor } from '../../../src/staff/actor.ts'
import { setRole } from '../../../src/staff/set-role.ts'
import { codesOf, useApprovals } from '../../support/approvals.ts'
import { parallelCopies } from '../../support/copies.ts'
import { runJob } from '../../support/jobs.ts'
import { appoint, balanceOf, signIn, signInStaff } from '../../support/people.ts'
import { useService } from '../../support/service.ts'

const service = useService()
const { people, send, correct, decide, list } = useApprovals(service)
const base = '/api/merchant'
const day_ms = 86_400_000

describe('a decision', () => {
  test('is neither that of who asked nor of whom it is for', async () => {
    const { approval_id } = (await correct(3_000, { to: people.owner })).data
    for (const by of [people.manager, people.owner]) {
      for (const action of ['approve', 'reject']) expect((await decide(approval_id, action, { by })).code).toBe(6012)
    }
    const third = await signInStaff(service, 'manager')
    expect((await decide(approval_id, 'approve', { by: third })).code).toBe(0)
    expect(await balanceOf(service, people.owner)).toBe(4_000)
  })

  test('is made once: of 20 at the same moment by two people one counts, and the points come once', async () => {
    const third = await signInStaff(service, 'manager')
    const { approval_id } = (await correct(3_000)).data
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => decide(approval_id, 'approve', { by: i % 2 ? people.owner : third })),
    )
    expect(codesOf(answers)).toEqual([0, ...Array(19).fill(6004)])
    expect(await balanceOf(service, people.diner)).toBe(4_000)
    expect((await decide(approval_id, 'reject')).data).toEqual({ current_status: 'approved' })
  })

  test('of an approval and a rejection at the same moment exactly one counts', async () => {
    const third = await signInStaff(service, 'manager')
    const { approval_id } = (await correct(3_000)).data
    const answers = await Promise.all([decide(approval_id), decide(approval_id, 'reject', { by: third })])
    expect(codesOf(answers)).toEqual([0, 6004])
    expect(await balanceOf(service, people.diner)).toBe(answers[0]?.code === 0 ? 4_000 : 1_000)
  })

  test('with a key is made once, and 20 copies of it get one answer', async () => {
    const { approval_id } = (await correct(3_000, { key: 'ask' })).data
    await parallelCopies(() => decide(approval_id, 'approve', { key: 'yes' }))
    expect(await balanceOf(service, people.diner)).toBe(4_000)
    expect((await decide(approval_id, 'reject', { key: 'yes' })).code).toBe(9008)
    const again = await correct(3_000, { key: 'ask' })
    expect([again.data.approval_id, again.headers.get('Idempotency-Replayed')]).toEqual([approval_id, 'true'])
    expect((await correct(3_000, { key: 'ask', knows: false })).data).toEqual({ approval_id })
    expect([await balanceOf(service, people.diner), (await list()).length]).toEqual([4_000, 0])
  })

  test('to reject changes nothing, and the same may be asked for again', async () => {
    const { approval_id } = (await correct(3_000)).data
    const body = { action: 'reject', reason: '请附小票' }
    const { data } = await send('post', `/approvals/${approval_id}`, body, { by: people.owner })
    expect(data).toEqual({ approval_id, approval_status: 'rejected', result: null })
    expect(await balanceOf(service, people.diner)).toBe(1_000)
    expect(await list('rejected')).toMatchObject([{ decision_reason: '请附小票' }])
    const again = (await correct(3_000)).data.approval_id
    expect(again).not.toBe(approval_id)
    expect((await decide(again)).code).toBe(0)
  })

  test('does nothing for an asker who lost the role meanwhile, and can still be a rejection', async () => {
    const { approval_id } = (await correct(3_000)).data
    for (const role of [null, 'cashier'] as const) {
      await appoint(service, people.manager, role)
      expect(await decide(approval_id)).toMatchObject({ code: 6012, data: null })
    }
    expect(await balanceOf(service, people.diner)).toBe(1_000)
    expect((await decide(approval_id, 'reject')).code).toBe(0)
  })

  test('and the end of the asker’s role at the same moment: the points come, or the role went first', async () => {
    const { approval_id } = (await correct(3_000)).data
    const [decided] = await Promise.all([
      decide(approval_id),
      service.services.till.run(setRole, { who: { userId: people.manager.userId }, role: null, actor: systemActor() }),
    ])
    expect([0, 6012]).toContain(decided?.code ?? -1)
    expect(await balanceOf(service, people.diner)).toBe(decided?.code === 0 ? 4_000 : 1_000)
  })

  test('is no more possible after 7 days, before and after the job has ended the approval', async () => {
    const { approval_id } = (await correct(3_000)).data
    service.clock.advance(7 * day_ms - 60_000)
    people.owner = await signIn(service, people.owner.phone)
    expect((await list())[0].approval_status).toBe('pending')
    service.clock.advance(60_000)
    expect(await list()).toEqual([])
    expect(await list('expired')).toMatchObject([{ approval_id, approval_status: 'expired' }])
    expect(await decide(approval_id)).toMatchObject({ code: 6004, data: { current_status: 'expired' } })
    const runs = await Promise.all([runJob(service, 'expire-approvals'), decide(approval_id)])
    expect(runs[1]?.code).toBe(6004)
    expect(await list('expired')).toMatchObject([{ approval_id, decided_by: null }])
    people.manager = await signIn(service, people.manager.phone)
    expect((await correct(3_000)).data.approval_id).not.toBe(approval_id)
  })

  test('asking again after 7 days gives a new approval, also before the job has ended the old one', async () => {
    const { approval_id } = (await correct(3_000)).data
    service.clock.advance(7 * day_ms)
    people.owner = await signIn(service, people.owner.phone)
    people.manager = await signIn(service, people.manager.phone)
    const again = await Promise.all([correct(3_000), correct(3_000), correct(3_000)])
    const ids = new Set(again.map(({ data }) => data.approval_id))
    expect(ids.size).toBe(1)
    expect(ids).not.toContain(approval_id)
    expect(await list('expired')).toMatchObject([{ approval_id, decided_by: null }])
    expect((await decide([...ids][0] ?? '')).code).toBe(0)
    expect(await balanceOf(service, await signIn(service, people.diner.phone))).toBe(4_000)
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
    expect((await send('post', `/approvals/${id}`, body, { by: people.owner })).code).toBe(code)
  })

  test('a list of an unknown status is refused with 9000', async () => {
    const { code } = await service.client.get(`${base}/approvals?status=all`, { token: people.owner.token })
    expect(code).toBe(9000)
  })
})
