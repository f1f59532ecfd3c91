import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { setStanding } from '../../src/accounts/set-standing.ts'
import { systemActor } from '../../src/staff/actor.ts'
import { grantRole, setRole } from '../../src/staff/set-role.ts'
import { type Client, createClient } from '../support/client.ts'
import { parallelCopies } from '../support/copies.ts'
import { waitingForLocks } from '../support/locks.ts'
import { actorOf, appoint, balanceOf, newPhone, type Person, signIn, signInStaff } from '../support/people.ts'
import { type Program, startProgram } from '../support/process.ts'
import { codeOf, withReplica } from '../support/replica.ts'
import { useService } from '../support/service.ts'
import { newUpload } from '../support/uploads.ts'

const service = useService()
const base = '/api/merchant'
let replica: Program
let elsewhere: Client
let owner: Person
let diner: Person

beforeAll(async () => {
  replica = await startProgram({ DATABASE_URL: service.databaseUrl, LOG_LEVEL: 'silent', JOBS: 'off', DIALECTS: 'off' })
  elsewhere = await createClient(replica.url)
}, 60_000)
afterAll(() => replica.kill())
beforeEach(async () => {
  owner = await signInStaff(service, 'owner')
  diner = await signIn(service)
})

const grant = (body: { mobile: string; role: string }, by = owner, idempotencyKey?: string) =>
  service.client.post(`${base}/staff`, { token: by.token, body, ...(idempotencyKey ? { idempotencyKey } : {}) })
const revoke = ({ userId }: Person, by = owner, idempotencyKey?: string) =>
  service.client.delete(`${base}/staff/${userId}`, { token: by.token, ...(idempotencyKey ? { idempotencyKey } : {}) })
const correct = (at: Client, { token }: Person, idempotencyKey?: string) =>
  at.post(`${base}/users/${diner.userId}/points`, {
    ...{ token, body: { points: 1, reason: '补录' } },
    ...(idempotencyKey ? { idempotencyKey } : {}),
  })
const roleOf = async ({ token }: Person) => {
  const { code, data } = await service.client.get(`${base}/me`, { token })
  return code === 0 ? data.role : code
}
const ownersLeft = async () => {
  const [row] = await service.database.query<{ n: number }>(
    `SELECT COUNT(*) AS n FROM staff s JOIN users u ON u.user_id = s.user_id
      WHERE s.role = 'owner' AND s.revoked_at IS NULL AND u.is_merchant`,
  )
  return Number(row?.n)
}

describe('a role that was taken away', () => {
  test('is out at once on every replica: not one of 50 writes comes through, nor the repeat of an earlier one', async () => {
    const manager = await signInStaff(service, 'manager')
    for (const at of [service.client, elsewhere]) expect((await correct(at, manager)).code).toBe(0)
    expect((await correct(service.client, manager, 'k1')).code).toBe(0)
    expect((await revoke(manager)).code).toBe(0)
    for (let index = 0; index < 50; index += 1)
      expect((await correct(index % 2 ? service.client : elsewhere, manager)).code).toBe(2005)
    for (const at of [service.client, elsewhere]) expect((await correct(at, manager, 'k1')).code).toBe(2005)
    expect((await elsewhere.get(`${base}/audit`, { token: manager.token })).code).toBe(2005)
    expect(await balanceOf(service, diner)).toBe(1_003)
    expect((await service.client.get('/api/user/info', { token: manager.token })).data.user_info.is_merchant).toBe(
      false,
    )
  })

  test('is out for a write that had been let in and waited for a row', async () => {
    const reviewer = await signInStaff(service, 'reviewer')
    const upload_id = await newUpload(service, diner)
    const blocker = await service.database.acquire()
    await blocker.query('START TRANSACTION')
    await blocker.query('SELECT * FROM upload_reviews WHERE upload_id = ? FOR UPDATE', [upload_id])
    const body = { upload_id, action: 'approve' }
    const reviewed = elsewhere.post(`${base}/review`, { token: reviewer.token, body })
    await waitingForLocks(service.database)
    await appoint(service, reviewer, null)
    await blocker.query('COMMIT')
    blocker.release()
    expect((await reviewed).code).toBe(2005)
    expect(await balanceOf(service, diner)).toBe(1_000)
  })

  test('changed to a smaller one, it opens at once what that one opens, and no more', async () => {
    const manager = await signInStaff(service, 'manager')
    expect((await correct(elsewhere, manager)).code).toBe(0)
    expect((await grant({ mobile: manager.phone, role: 'cashier' })).data.role).toBe('cashier')
    expect(await correct(elsewhere, manager)).toMatchObject({ code: 2007, data: { required: 'corrections' } })
    expect((await elsewhere.get(`${base}/vouchers/ZZZZZZZZZZ`, { token: manager.token })).code).toBe(6006)
  })

  test('a stopped account can do nothing on the staff’s side from the next request on', async () => {
    const manager = await signInStaff(service, 'manager')
    expect((await correct(elsewhere, manager)).code).toBe(0)
    const stop = { userId: manager.userId, status: 'banned', actor: systemActor() } as const
    await service.services.till.run(setStanding, stop)
    expect((await correct(elsewhere, manager)).code).toBe(2004)
  })
})

describe('the staff list', () => {
  test('shows everyone with a role, their phone masked, and who gave it to them', async () => {
    const { data } = await grant({ mobile: diner.phone, role: 'reviewer' })
    expect(data).toMatchObject({ user_id: diner.userId, role: 'reviewer' })
    expect(data.mobile).toMatch(/^\d{3}\*{4}\d{4}$/)
    const { staff, pagination } = (await service.client.get(`${base}/staff`, { token: owner.token })).data
    expect(pagination.total).toBe(2)
    expect(staff).toMatchObject([
      { user_id: owner.userId, role: 'owner', granted_by: null },
      { user_id: diner.userId, role: 'reviewer', granted_by: { user_id: owner.userId }, status: 'active' },
    ])
    await revoke(diner)
    expect((await service.client.get(`${base}/staff`, { token: owner.token })).data.pagination.total).toBe(1)
  })

  test('a role is given once under 20 parallel copies of one key, and a repeat changes nothing', async () => {
    const told = await parallelCopies(() => grant({ mobile: diner.phone, role: 'cashier' }, owner, 'g1'))
    expect(told.role).toBe('cashier')
    await grant({ mobile: diner.phone, role: 'reviewer' })
    expect((await grant({ mobile: diner.phone, role: 'cashier' }, owner, 'g1')).data.role).toBe('cashier')
    expect(await roleOf(diner)).toBe('reviewer')
    expect((await grant({ mobile: diner.phone, role: 'owner' }, owner, 'g1')).code).toBe(9008)
    await parallelCopies(() => revoke(diner, owner, 'g2'))
    expect(await roleOf(diner)).toBe(2005)
    const deeds = await service.database.query<{ action: string }>(
      'SELECT action FROM audit_log WHERE target = ? ORDER BY audit_id',
      [`user:${diner.userId}`],
    )
    expect(deeds.map(({ action }) => action)).toEqual(['staff.grant', 'staff.grant', 'staff.revoke'])
  })

  test('a phone without an account gets one with its bonus, once, however many grant it and sign it in', async () => {
    const mobile = newPhone()
    const { database, till } = service.services
    const [granted] = await withReplica(service, (other) =>
      Promise.all([
        grantRole({ database, till }, { mobile, role: 'cashier', actor: systemActor() }),
        ...[1, 2, 3].map(() =>
          grantRole({ database, till: other.till }, { mobile, role: 'cashier', actor: actorOf(owner) }),
        ),
        signIn(service, mobile),
        grant({ mobile, role: 'cashier' }),
      ]),
    )
    const person = await signIn(service, mobile)
    expect(person.userId).toBe(granted.answer.user.user_id)
    expect([await roleOf(person), await balanceOf(service, person)]).toEqual(['cashier', 1_000])
    const records = (await service.client.get('/api/user/points/records', { token: person.token })).data.records
    expect(records).toMatchObject([{ source: 'register', related_id: `REG_${person.userId}` }])
  })

  test('nobody but an owner gives a role, to themselves neither, also when asked of the till itself', async () => {
    const manager = await signInStaff(service, 'manager')
    for (const mobile of [manager.phone, diner.phone])
      expect(await grant({ mobile, role: 'owner' }, manager)).toMatchObject({ code: 2007, data: { required: 'staff' } })
    const change = { who: { userId: manager.userId }, role: 'owner', actor: actorOf(manager) } as const
    expect(await codeOf(service.services.till.run(setRole, change))).toBe(2007)
    expect(await codeOf(service.services.till.run(setRole, { ...change, actor: actorOf(diner) }))).toBe(2005)
  })
})

describe('the last owner', () => {
  test('can’t be removed or made less, by themselves, by another, by the command line', async () => {
    expect((await revoke(owner)).code).toBe(6015)
    expect((await grant({ mobile: owner.phone, role: 'manager' })).code).toBe(6015)
    const change = { who: { userId: owner.userId }, role: null, actor: systemActor() }
    expect(await codeOf(service.services.till.run(setRole, change))).toBe(6015)
    expect(await roleOf(owner)).toBe('owner')
  })

  test('an owner whose account is stopped doesn’t count', async () => {
    const other = await signInStaff(service, 'owner')
    const stop = { userId: other.userId, status: 'banned', actor: systemActor() } as const
    await service.services.till.run(setStanding, stop)
    expect((await revoke(owner)).code).toBe(6015)
    expect((await revoke(other)).code).toBe(0)
  })

  test('two owners who remove each other at the same moment on two replicas leave one, time after time', async () => {
    await withReplica(service, async (other) => {
      for (let round = 0; round < 10; round += 1) {
        const [one, two] = [await signInStaff(service, 'owner'), await signInStaff(service, 'owner')]
        await appoint(service, owner, null)
        const removal = (by: Person, of: Person) => ({ who: { userId: of.userId }, role: null, actor: actorOf(by) })
        const codes = await Promise.all([
          codeOf(service.services.till.run(setRole, removal(one, two))),
          codeOf(other.till.run(setRole, removal(two, one))),
        ])
        expect(codes).toContain(0)
        expect([2005, 6015]).toContain(Math.max(...codes))
        expect(await ownersLeft()).toBe(1)
        await appoint(service, owner, 'owner')
        for (const each of [one, two]) await appoint(service, each, null)
      }
    })
  })
})

describe('beside an older version of the program', () => {
  /** What its command `merchant grant|revoke` writes, all of it. */
  const olderGrant = ({ userId }: Person, isMerchant: boolean) =>
    service.database.query('UPDATE users SET is_merchant = ? WHERE user_id = ?', [isMerchant, userId])

  test('whom it makes a merchant is a manager, and whom it makes none has no role, at once', async () => {
    await olderGrant(diner, true)
    expect(await roleOf(diner)).toBe('manager')
    expect((await service.client.get(`${base}/pending-reviews`, { token: diner.token })).code).toBe(0)
    const { staff } = (await service.client.get(`${base}/staff`, { token: owner.token })).data
    expect(staff.at(-1)).toMatchObject({ user_id: diner.userId, role: 'manager', granted_at: null })
    await olderGrant(diner, false)
    expect(await roleOf(diner)).toBe(2005)
    const cashier = await signInStaff(service, 'cashier')
    await olderGrant(cashier, false)
    expect(await roleOf(cashier)).toBe(2005)
  })

  test('this version changes and removes whom it made a merchant, also after having removed them before', async () => {
    await olderGrant(diner, true)
    expect((await revoke(diner)).data.role).toBeNull()
    expect(await roleOf(diner)).toBe(2005)
    await grant({ mobile: diner.phone, role: 'cashier' })
    await revoke(diner)
    await olderGrant(diner, true)
    expect(await roleOf(diner)).toBe('manager')
    await grant({ mobile: diner.phone, role: 'auditor' })
    expect(await roleOf(diner)).toBe('auditor')
  })

  test('an owner whom it removed isn’t the last owner any more', async () => {
    const other = await signInStaff(service, 'owner')
    await olderGrant(other, false)
    expect((await revoke(owner)).code).toBe(6015)
  })
})

test('nobody corrects their own balance, up or down', async () => {
  const manager = await signInStaff(service, 'manager')
  for (const [person, points] of [
    [manager, 100],
    [owner, -1],
  ] as const) {
    const path = `${base}/users/${person.userId}/points`
    const answer = await service.client.post(path, { token: person.token, body: { points, reason: '补录' } })
    expect([answer.code, answer.msg]).toEqual([6008, '不能更正自己的积分'])
    expect(await balanceOf(service, person)).toBe(1_000)
  }
})
