import { beforeEach, describe, expect, test } from 'bun:test'
import { setStanding } from '../../../src/accounts/set-standing.ts'
import { createRateLimit } from '../../../src/http/rate-limits.ts'
import { createLookUps } from '../../../src/merchant/counter/look-ups.ts'
import { redeem } from '../../../src/merchant/counter/redeem.ts'
import { systemActor } from '../../../src/staff/actor.ts'
import { findVoucher } from '../../../src/vouchers/queries.ts'
import { counterOf, newOrder } from '../../support/counter.ts'
import { actorOf, type Person, signIn, signInMerchant } from '../../support/people.ts'
import { codeOf, withReplica } from '../../support/replica.ts'
import { useService } from '../../support/service.ts'

const service = useService({ RATE_LIMIT: 'on', RATE_LIMIT_LOGIN: '1000000', RATE_LIMIT_ADDRESS: '1000000' })
let diner: Person
let merchant: Person

beforeEach(async () => {
  diner = await signIn(service)
  merchant = await signInMerchant(service)
})

const { look, take } = counterOf(service, () => merchant)

describe('vouchers', () => {
  test('a voucher is found however its code is typed, and its holder’s phone is masked', async () => {
    const { code } = await newOrder(service, diner)
    const { data } = await look(`${code.slice(0, 5).toLowerCase()}-${code.slice(5)}`)
    expect(data).toMatchObject({ code, kind: 'product', title: '测试商品', quantity: 2, status: 'active' })
    expect(data.user.user_id).toBe(diner.userId)
    expect(data.user.mobile).toMatch(/^\d{3}\*{4}\d{4}$/)
    expect(data.redeemed_at).toBeNull()
  })

  test('before it takes a voucher in, the counter sees whose it is, whoever brings the code', async () => {
    const { code } = await newOrder(service, diner)
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
    const { code, exchange_id } = await newOrder(service, diner)
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
    const used = await newOrder(service, diner)
    await take(used.code)
    expect(await take(used.code)).toMatchObject({ code: 6007, data: { current_status: 'redeemed' } })
    const cancelled = await newOrder(service, diner)
    await service.client.post(`/api/exchange/orders/${cancelled.exchange_id}/cancel`, { token: diner.token })
    expect(await take(cancelled.code)).toMatchObject({ code: 6007, data: { current_status: 'cancelled' } })
    const late = await newOrder(service, diner)
    const month = new Date(Date.now() - 86_400_000)
    await service.database.query('UPDATE vouchers SET expires_at = ? WHERE code = ?', [month, late.code])
    expect(await take(late.code)).toMatchObject({ code: 6007, data: { current_status: 'expired' } })
    expect((await look(late.code)).data.status).toBe('expired')
  })

  test('vouchers of a stopped account, also won ones, are refused with 6007 until it is active again', async () => {
    const { code } = await newOrder(service, diner)
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
    const { code } = await newOrder(service, diner)
    const first = await take(code, 'r1')
    const again = await take(code, 'r1')
    expect(again.data).toEqual(first.data)
    expect(again.headers.get('Idempotency-Replayed')).toBe('true')
  })

  test('30 parallel redemptions on two replicas redeem the voucher once', async () => {
    const { code, exchange_id } = await newOrder(service, diner)
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
    const { code, exchange_id } = await newOrder(service, diner)
    const [taken, cancelled] = await Promise.all([
      take(code),
      service.client.post(`/api/exchange/orders/${exchange_id}/cancel`, { token: diner.token }),
    ])
    expect([taken.code, cancelled.code].filter((one) => one === 0)).toHaveLength(1)
  })

  test('after ten misses in a minute every look-up is refused, even of a real code', async () => {
    const { code } = await newOrder(service, diner)
    const misses = await Promise.all(Array.from({ length: 14 }, () => look('ZZZZZZZZZZ')))
    expect(misses.filter((one) => one.code === 6006)).toHaveLength(10)
    expect(misses.filter((one) => one.code === 9006)).toHaveLength(4)
    expect((await look(code)).code).toBe(9006)
    expect((await take(code)).code).toBe(9006)
    const colleague = await signInMerchant(service)
    expect((await service.client.get(`/api/merchant/vouchers/${code}`, { token: colleague.token })).code).toBe(0)
  })

  test('parallel guesses are counted one by one: a real code after ten misses is not revealed', async () => {
    const { code } = await newOrder(service, diner)
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
    const { code } = await newOrder(service, diner)
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
