import { beforeEach, describe, expect, test } from 'bun:test'
import { setStanding } from '../../../src/accounts/set-standing.ts'
import { createRateLimit } from '../../../src/http/rate-limits.ts'
import { createLookUps } from '../../../src/merchant/counter/look-ups.ts'
import { redeem } from '../../../src/merchant/counter/redeem.ts'
import { systemActor } from '../../../src/staff/actor.ts'
import { findVoucher } from '../../../src/vouchers/queries.ts'
import { parallelCopies } from '../../support/copies.ts'
import {
  actorOf,
  balanceOf,
  newProduct,
  type Person,
  signIn,
  signInMerchant,
  signInStaff,
} from '../../support/people.ts'
import { codeOf, withReplica } from '../../support/replica.ts'
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

async function order(): Promise<{ code: string; exchange_id: string }> {
  const product_id = await newProduct(service, 5)
  const body = { product_id, quantity: 2 }
  const { data } = await service.client.post('/api/exchange/submit', { token: diner.token, body })
  return { code: data.exchange_code, exchange_id: data.exchange_id }
}

const look = (code: string) => service.client.get(`/api/merchant/vouchers/${code}`, { token })
const take = (code: string, idempotencyKey?: string) =>
  service.client.post(`/api/merchant/vouchers/${code}/redeem`, {
    token,
    ...(idempotencyKey ? { idempotencyKey } : {}),
  })

describe('vouchers', () => {
  test('a voucher is found however its code is typed, and its holder’s phone is masked', async () => {
    const { code } = await order()
    const { data } = await look(`${code.slice(0, 5).toLowerCase()}-${code.slice(5)}`)
    expect(data).toMatchObject({ code, kind: 'product', title: '测试商品', quantity: 2, status: 'active' })
    expect(data.user.user_id).toBe(diner.userId)
    expect(data.user.mobile).toMatch(/^\d{3}\*{4}\d{4}$/)
    expect(data.redeemed_at).toBeNull()
  })

  test('before it takes a voucher in, the counter sees whose it is, whoever brings the code', async () => {
    const { code } = await order()
    const avatar = `/avatars/${diner.userId}-A1.jpg`
    await service.database.query('UPDATE users SET nickname = ?, avatar = ? WHERE user_id = ?', [
      '小明',
      avatar,
      diner.userId,
    ])
    const { data } = await look(code)
    expect([data.status, data.user]).toEqual([
      'active',
      {
        user_id: diner.userId,
        nickname: '小明',
        mobile: `${diner.phone.slice(0, 3)}****${diner.phone.slice(-4)}`,
        avatar: `${service.url}${avatar}`,
      },
    ])
    expect((await look(code)).data.status).toBe('active')
  })

  test('redeeming a voucher completes its order in the same transaction and adds an audit row', async () => {
    const { code, exchange_id } = await order()
    const { data } = await take(code)
    expect(data).toMatchObject({ code, status: 'redeemed' })
    const orders = await service.client.get('/api/exchange/orders', { token: diner.token })
    expect(orders.data.orders).toMatchObject([{ exchange_id, status: 'completed', completed_at: data.redeemed_at }])
    const audit = await service.database.query('SELECT actor_id, action FROM audit_log WHERE target = ?', [
      `voucher:${code}`,
    ])
    expect(audit).toEqual([{ actor_id: merchant.userId, action: 'voucher.redeem' }])
    const cancel = await service.client.post(`/api/exchange/orders/${exchange_id}/cancel`, { token: diner.token })
    expect(cancel).toMatchObject({ code: 4008, data: { current_status: 'completed' } })
  })

  test('a used, cancelled or expired voucher is refused with 6007 and its status', async () => {
    const used = await order()
    await take(used.code)
    expect(await take(used.code)).toMatchObject({ code: 6007, data: { current_status: 'redeemed' } })
    const cancelled = await order()
    await service.client.post(`/api/exchange/orders/${cancelled.exchange_id}/cancel`, { token: diner.token })
    expect(await take(cancelled.code)).toMatchObject({ code: 6007, data: { current_status: 'cancelled' } })
    const late = await order()
    const month = new Date(Date.now() - 86_400_000)
    await service.database.query('UPDATE vouchers SET expires_at = ? WHERE code = ?', [month, late.code])
    expect(await take(late.code)).toMatchObject({ code: 6007, data: { current_status: 'expired' } })
    expect((await look(late.code)).data.status).toBe('expired')
  })

  test('vouchers of a stopped account, also won ones, are refused with 6007 until it is active again', async () => {
    const { code } = await order()
    await service.database.query(
      `INSERT INTO vouchers (code, kind, user_id, source_id, title, quantity, status, expires_at, created_at)
       VALUES ('PRZ2345678', 'prize', ?, 'DR_1-1', '免费咖啡', 1, 'active', ?, ?)`,
      [diner.userId, new Date(Date.now() + 86_400_000), new Date()],
    )
    await service.services.till.run(setStanding, { userId: diner.userId, status: 'banned', actor: systemActor() })
    for (const one of [code, 'PRZ2345678']) {
      const refused = await take(one)
      expect(refused).toMatchObject({ code: 6007, data: { current_status: 'stopped' } })
      expect(refused.msg).toContain('已停用')
    }
    await service.services.till.run(setStanding, { userId: diner.userId, status: 'active', actor: systemActor() })
    expect([(await take(code)).code, (await take('PRZ2345678')).code]).toEqual([0, 0])
  })

  test('a repeated redemption gets the first answer', async () => {
    const { code } = await order()
    const first = await take(code, 'r1')
    const again = await take(code, 'r1')
    expect(again.data).toEqual(first.data)
    expect(again.headers.get('Idempotency-Replayed')).toBe('true')
  })

  test('30 parallel redemptions on two replicas redeem the voucher once', async () => {
    const { code, exchange_id } = await order()
    const input = { code, holderId: diner.userId, exchangeId: exchange_id, actor: actorOf(merchant) }
    const codes = await withReplica(service, ({ till }) =>
      Promise.all([
        ...Array.from({ length: 15 }, () => codeOf(till.run(redeem, input))),
        ...Array.from({ length: 15 }, async () => (await take(code)).code),
      ]),
    )
    expect(codes.filter((one) => one === 0)).toHaveLength(1)
    expect(codes.filter((one) => one === 6007)).toHaveLength(29)
  })

  test('of a redemption and a cancel at the same moment exactly one succeeds', async () => {
    const { code, exchange_id } = await order()
    const [taken, cancelled] = await Promise.all([
      take(code),
      service.client.post(`/api/exchange/orders/${exchange_id}/cancel`, { token: diner.token }),
    ])
    expect([taken.code, cancelled.code].filter((one) => one === 0)).toHaveLength(1)
  })

  test('after ten misses in a minute every look-up is refused, even of a real code', async () => {
    const { code } = await order()
    const misses = await Promise.all(Array.from({ length: 14 }, () => look('ZZZZZZZZZZ')))
    expect(misses.filter((one) => one.code === 6006)).toHaveLength(10)
    expect(misses.filter((one) => one.code === 9006)).toHaveLength(4)
    expect((await look(code)).code).toBe(9006)
    expect((await take(code)).code).toBe(9006)
    const colleague = await signInMerchant(service)
    expect((await service.client.get(`/api/merchant/vouchers/${code}`, { token: colleague.token })).code).toBe(0)
  })

  test('parallel guesses are counted one by one: a real code after ten misses is not revealed', async () => {
    const { code } = await order()
    const lookUps = createLookUps(createRateLimit('guesses', 10, 60, true))
    const guesses = [...Array<string>(60).fill('ZZZZZZZZZZ'), code]
    const told = await Promise.all(
      guesses.map((guess) =>
        lookUps
          .find(merchant.userId, 6006, () => findVoucher(service.database, guess))
          .then(
            () => 0,
            (error: { code: number }) => error.code,
          ),
      ),
    )
    expect(told).toEqual([...Array(10).fill(6006), ...Array(51).fill(9006)])
  })

  test('a code is found as a Chinese keyboard types it, and when it is pasted with other text', async () => {
    const { code } = await order()
    const full = (text: string) => text.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0))
    for (const typed of [full(code), full(code.toLowerCase()), `核销码：${code}，请到店出示`, `rp:v1:${code}`])
      expect((await look(encodeURIComponent(typed))).data.code).toBe(code)
    expect((await take(encodeURIComponent(`【面馆】核销码 ${code.toLowerCase()}。`))).data).toMatchObject({
      code,
      status: 'redeemed',
    })
  })

  test.each(['0000000000', 'ABC', 'ABCDEFGHJKL', '%27%20OR%201=1'])(
    'the code %s is refused with 6006',
    async (code) => {
      expect((await look(code)).code).toBe(6006)
    },
  )
})

describe('members', () => {
  const memberCode = async () => (await service.client.get('/api/user/member-code', { token: diner.token })).data.code
  const lookMember = (code: string, by = merchant) =>
    service.client.get(`/api/merchant/members/${encodeURIComponent(code)}`, { token: by.token })

  test('a member code shows the same as the phone number, also just after the code has changed', async () => {
    await order()
    const code = await memberCode()
    const byPhone = await service.client.get(`/api/merchant/users?mobile=${diner.phone}`, { token })
    expect((await lookMember(code)).data).toEqual(byPhone.data)
    expect(byPhone.data.vouchers).toHaveLength(1)
    service.clock.advance(60_000)
    expect((await lookMember(code)).data.user.user_id).toBe(diner.userId)
    service.clock.advance(60_000)
    expect((await lookMember(code)).code).toBe(2003)
  })

  test('a member is found by a code that is typed in groups, in full width, or pasted', async () => {
    const code = await memberCode()
    const full = code.replace(/\d/g, (digit: string) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0))
    for (const typed of [code.match(/.{1,4}/g)?.join(' ') ?? '', full, `会员码：${code}`, `${code}\n`])
      expect((await lookMember(typed)).data.user.user_id).toBe(diner.userId)
  })

  test('misses of members and vouchers count together: after ten even a real code is refused', async () => {
    const code = await memberCode()
    const guesses = Array.from({ length: 12 }, (_, i) => (i % 2 ? lookMember('1'.repeat(18)) : look('ZZZZZZZZZZ')))
    const told = (await Promise.all(guesses)).map((one) => one.code)
    // Which two come too late is a matter of luck.
    expect(told.filter((one) => one === 9006)).toHaveLength(2)
    expect(told.filter((one) => one === 2003 || one === 6006)).toHaveLength(10)
    expect((await lookMember(code)).code).toBe(9006)
    expect((await lookMember(code, await signInMerchant(service))).code).toBe(0)
  })

  test.each(['1', '1'.repeat(17), '1'.repeat(19), 'x'.repeat(18), "' OR 1=1"])(
    'the member code %p is refused with 2003',
    async (code) => {
      expect((await lookMember(code)).code).toBe(2003)
    },
  )

  test('only merchants may look up members, and a code of no account is refused with 2003', async () => {
    expect((await lookMember(await memberCode(), diner)).code).toBe(2005)
    const { code } = service.services.memberCodes.codeOf(2_000_000_000)
    expect((await lookMember(code)).code).toBe(2003)
  })

  test('no row of the audit log contains a member code', async () => {
    const code = await memberCode()
    await lookMember(code)
    const [rows] = await service.database.query<{ n: number }>(
      'SELECT COUNT(*) AS n FROM audit_log WHERE target LIKE ? OR details LIKE ?',
      [`%${code}%`, `%${code}%`],
    )
    expect(rows?.n).toBe(0)
  })
})

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
    const first = await order()
    service.clock.advance(1_000)
    const [used, second] = [await order(), await order()]
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

describe('ledgers', () => {
  const ledgerOf = (id: number | string, by: Person, query = '') =>
    service.client.get(`/api/merchant/users/${id}/points${query}`, { token: by.token })

  test('a manager reads a person’s ledger page by page, and the audit log says so', async () => {
    const body = { points: -30, reason: '扣回' }
    await service.client.post(`/api/merchant/users/${diner.userId}/points`, { token, body })
    const { data } = await ledgerOf(diner.userId, merchant, '?limit=1')
    expect(data.records).toMatchObject([{ points: -30, description: '扣回', balance_after: 970 }])
    expect(data.pagination.total).toBe(2)
    expect((await ledgerOf(diner.userId, merchant, '?type=earn')).data.records).toMatchObject([{ source: 'register' }])
    const [read] = await service.database.query<{ target: string }>(
      "SELECT target FROM audit_log WHERE action = 'member.ledger'",
    )
    expect(read?.target).toBe(`user:${diner.userId}`)
  })

  test('a cashier reads no ledger, and the ledger of nobody is refused with 2003', async () => {
    const cashier = await signInStaff(service, 'cashier')
    expect(await ledgerOf(diner.userId, cashier)).toMatchObject({ code: 2007, data: { required: 'ledgers' } })
    for (const id of [999_999, 'x']) expect((await ledgerOf(id, merchant)).code).toBe(2003)
  })
})
