import { beforeEach, describe, expect, test } from 'bun:test'
import { parallelCopies } from '../../support/copies.ts'
import { counterOf, newOrder } from '../../support/counter.ts'
import { balanceOf, type Person, signIn, signInMerchant } from '../../support/people.ts'
import { useService } from '../../support/service.ts'

const service = useService({ RATE_LIMIT: 'on', RATE_LIMIT_LOGIN: '1000000', RATE_LIMIT_ADDRESS: '1000000' })
let diner: Person
let merchant: Person
let token: string

beforeEach(async () => {
  diner = await signIn(service)
  merchant = await signInMerchant(service)
  token = merchant.token
})

const { take } = counterOf(service, () => merchant)

describe('accounts', () => {
  const correct = (body: object, idempotencyKey: string, by = merchant) =>
    service.client.post(`/api/merchant/users/${diner.userId}/points`, { token: by.token, body, idempotencyKey })
  const corrections = () =>
    service.database.query<{ actor_id: number; action: string }>(
      'SELECT actor_id, action FROM audit_log WHERE target = ?',
      [`user:${diner.userId}`],
    )

  test('an account is found by its phone', async () => {
    const { data } = await service.client.get(`/api/merchant/users?mobile=${diner.phone}`, { token })
    expect(data.user_info).toMatchObject({ user_id: diner.userId, total_points: 1000 })
    expect((await service.client.get('/api/merchant/users?mobile=19999999999', { token })).code).toBe(2003)
    expect((await service.client.get('/api/merchant/users?mobile=123', { token })).code).toBe(9000)
    expect((await service.client.get('/api/merchant/users', { token })).code).toBe(9000)
  })

  test('an account is found by its phone as people type or paste it', async () => {
    const { phone } = diner
    const full = phone.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0))
    const grouped = `${phone.slice(0, 3)} ${phone.slice(3, 7)}-${phone.slice(7)}`
    for (const typed of [full, grouped, `+86 ${grouped}`, `\u202a${phone}\u202c`, `86${phone}`, `0086${phone}`]) {
      const { data } = await service.client.get(`/api/merchant/users?mobile=${encodeURIComponent(typed)}`, { token })
      expect(data?.user.user_id, typed).toBe(diner.userId)
    }
  })

  test('an account is shown with its active vouchers, those that expire first coming first', async () => {
    const first = await newOrder(service, diner)
    service.clock.advance(1_000)
    const [used, second] = [await newOrder(service, diner), await newOrder(service, diner)]
    await take(used.code)
    const { data } = await service.client.get(`/api/merchant/users?mobile=${diner.phone}`, { token })
    expect(data.vouchers.map((one: { code: string }) => one.code).sort()).toEqual([first.code, second.code].sort())
    expect(data.vouchers[0]).toMatchObject({ code: first.code, status: 'active', quantity: 2 })
    expect(data).toMatchObject({ total_points: 940, user: { user_id: diner.userId } })
    expect(data.user.mobile).toMatch(/^\d{3}\*{4}\d{4}$/)
  })

  test('a correction writes its reason, a ledger row and an audit row, once for 20 parallel copies of one key', async () => {
    const told = await parallelCopies(() => correct({ points: 250, reason: '补录' }, 'a1'))
    expect(told).toEqual({ user_id: diner.userId, new_balance: 1250 })
    expect(await balanceOf(service, diner)).toBe(1250)
    expect((await correct({ points: 251, reason: '补录' }, 'a1')).code).toBe(9008)
    expect(await correct({ points: -1251, reason: '扣回' }, 'a2')).toMatchObject({ code: 4005, data: { shortage: 1 } })
    const records = await service.client.get('/api/user/points/records?source=admin', { token: diner.token })
    expect(records.data.records).toMatchObject([{ points: 250, description: '补录' }])
    expect(await corrections()).toEqual([{ actor_id: merchant.userId, action: 'points.adjust' }])
  })

  test('40 parallel corrections by two merchants all count, and none takes the balance below zero', async () => {
    const colleague = await signInMerchant(service)
    const changes = Array.from({ length: 40 }, (_, index) => (index % 2 ? 40 : -120))
    const answers = await Promise.all(
      changes.map((points, index) =>
        correct({ points, reason: '盘点' }, `c${index}`, index % 4 < 2 ? merchant : colleague),
      ),
    )
    const applied = changes.filter((_, index) => answers[index]?.code === 0)
    expect(answers.filter(({ code }) => code === 4005)).toHaveLength(40 - applied.length)
    expect(applied.filter((points) => points > 0)).toHaveLength(20)
    expect(await balanceOf(service, diner)).toBe(1000 + applied.reduce((sum, points) => sum + points, 0))
    expect(await corrections()).toHaveLength(applied.length)
  })

  test.each([
    [{ points: 0, reason: 'x' }],
    [{ points: 100_001, reason: 'x' }],
    [{ points: 1.5, reason: 'x' }],
    [{ points: 1 }],
    [{ points: 1, reason: ' ' }],
    [{ points: 1, reason: '补录\u202e' }],
  ])('the correction %j is refused with 9000', async (body) => {
    const path = `/api/merchant/users/${diner.userId}/points`
    expect((await service.client.post(path, { token, body })).code).toBe(9000)
  })

  test('a correction of an unknown account is refused with 2003', async () => {
    const body = { points: 1, reason: 'x' }
    for (const id of ['999999', '0', 'x']) {
      expect((await service.client.post(`/api/merchant/users/${id}/points`, { token, body })).code).toBe(2003)
    }
  })
})
