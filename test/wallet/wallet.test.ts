import { beforeEach, describe, expect, test } from 'bun:test'
import { runJob } from '../support/jobs.ts'
import { newProduct, type Person, signIn, signInMerchant } from '../support/people.ts'
import { defaultPrize, win } from '../support/prizes.ts'
import { useService } from '../support/service.ts'

const service = useService()
const day_ms = 86_400_000
let diner: Person

beforeEach(async () => {
  diner = await signIn(service)
})

const get = (path: string, { token } = diner) => service.client.get(`/api${path}`, { token })
const wallet = async (query = '', who = diner) => (await get(`/user/vouchers?${query}`, who)).data
const codes = async (query = '', who = diner) =>
  (await wallet(query, who)).vouchers.map(({ code }: { code: string }) => code)
/** Signs in again, because tokens expire before vouchers do. */
const later = async (days: number) => {
  service.clock.advance(days * day_ms)
  diner = await signIn(service, diner.phone)
}

async function buy(who = diner): Promise<{ exchange_id: string; exchange_code: string }> {
  const product_id = await newProduct(service, 5, { name: '红烧肉', image: '/images/meat.jpg' })
  service.clock.advance(1)
  return (await service.client.post('/api/exchange/submit', { token: who.token, body: { product_id, quantity: 2 } }))
    .data
}
const cancel = (exchange_id: string) =>
  service.client.post(`/api/exchange/orders/${exchange_id}/cancel`, { token: diner.token })

describe('the wallet', () => {
  test('the wallet lists vouchers of draws and orders, newest first, each with its source', async () => {
    const won = await win(service, diner, defaultPrize.dish)
    const bought = await buy()
    const { vouchers, counts, pagination } = await wallet()
    expect(vouchers).toEqual([
      {
        code: bought.exchange_code,
        kind: 'product',
        title: '红烧肉',
        quantity: 2,
        image: `${service.url}/images/meat.jpg`,
        status: 'active',
        source: { exchange_id: bought.exchange_id },
        issued_at: expect.any(String),
        expires_at: expect.any(String),
        redeemed_at: null,
      },
      {
        code: won.voucher.code,
        kind: 'prize',
        title: '免费咖啡',
        quantity: 1,
        image: null,
        status: 'active',
        source: { draw_id: won.draw_id, draw_sequence: 1 },
        issued_at: expect.any(String),
        expires_at: won.voucher.expires_at,
        redeemed_at: null,
      },
    ])
    expect(counts).toEqual({ active: 2, expiring_soon: 0 })
    expect(pagination).toEqual({ page: 1, limit: 20, total: 2, total_pages: 1 })
  })

  test('the vouchers of a draw of ten differ in their draw_sequence', async () => {
    await win(service, diner, defaultPrize.dish)
    const { data } = await service.client.post('/api/lottery/draw', {
      token: diner.token,
      body: { draw_type: 'quintuple' },
    })
    const { vouchers } = await wallet('kind=prize')
    const shown = vouchers.filter(({ source }: { source: { draw_id: string } }) => source.draw_id === data.draw_id)
    const told = data.results.map((one: { draw_sequence: number; voucher: { code: string } }) => [
      one.draw_sequence,
      one.voucher.code,
    ])
    expect(
      shown
        .map((one: { source: { draw_sequence: number }; code: string }) => [one.source.draw_sequence, one.code])
        .sort(),
    ).toEqual(told)
  })

  test('the wallet keeps every voucher for ever, with its final status', async () => {
    const staff = await signInMerchant(service)
    const [used, called, lapsed] = [await buy(), await buy(), await buy()]
    const prize = await win(service, diner, defaultPrize.coupon)
    await service.client.post(`/api/merchant/vouchers/${used.exchange_code}/redeem`, { token: staff.token })
    await cancel(called.exchange_id)
    await later(31)
    const fresh = await win(service, diner, defaultPrize.coupon)
    const { vouchers, counts } = await wallet()
    expect(vouchers.map(({ code, status }: { code: string; status: string }) => [code, status])).toEqual([
      [fresh.voucher.code, 'active'],
      [prize.voucher.code, 'expired'],
      [lapsed.exchange_code, 'expired'],
      [called.exchange_code, 'cancelled'],
      [used.exchange_code, 'redeemed'],
    ])
    expect(vouchers[4].redeemed_at).not.toBeNull()
    expect(counts).toEqual({ active: 1, expiring_soon: 0 })
    expect(await codes('status=active')).toEqual([fresh.voucher.code])
    expect(await codes('status=expired')).toEqual([prize.voucher.code, lapsed.exchange_code])
    expect(await codes('status=expired&kind=prize')).toEqual([prize.voucher.code])
    expect(await codes('status=cancelled')).toEqual([called.exchange_code])
    expect(await codes('status=redeemed')).toEqual([used.exchange_code])
    expect(await codes('status=all&kind=product')).toHaveLength(3)
    expect(await runJob(service, 'expire-vouchers')).toMatchObject({ rows: 1 })
    expect(await codes('status=expired&kind=prize')).toEqual([prize.voucher.code])
  })

  test('the wallet counts the vouchers that expire within three days', async () => {
    await buy()
    await later(26)
    expect((await wallet()).counts).toEqual({ active: 1, expiring_soon: 0 })
    await later(2)
    await buy()
    expect((await wallet()).counts).toEqual({ active: 2, expiring_soon: 1 })
  })

  test('the pages of the wallet have no gap and no repetition', async () => {
    const bought = [await buy(), await buy(), await buy()].map(({ exchange_code }) => exchange_code)
    const pages = [await codes('limit=2'), await codes('limit=2&page=2')]
    expect(pages.map((page) => page.length)).toEqual([2, 1])
    expect(pages.flat()).toEqual(bought.toReversed())
  })

  test('nobody sees another’s vouchers, and an unknown voucher is refused with 6006', async () => {
    const { exchange_code } = await buy()
    const other = await signIn(service)
    expect(await codes('', other)).toEqual([])
    expect((await get(`/user/vouchers/${exchange_code}`, other)).code).toBe(6006)
    expect((await get('/user/vouchers/ZZZZZZZZZZ')).code).toBe(6006)
    expect((await get('/user/vouchers/nothing')).code).toBe(6006)
    for (const path of ['/user/vouchers', `/user/vouchers/${exchange_code}`, '/user/member-code'])
      expect((await service.client.get(`/api${path}`)).code).toBe(2001)
  })

  test.each(['status=shipped', 'kind=gift', 'limit=0', 'page=x'])(
    'the query %s is refused with 9000',
    async (query) => {
      expect((await get(`/user/vouchers?${query}`)).code).toBe(9000)
    },
  )

  test('a voucher is found however its code is typed, and shows the text of its QR code', async () => {
    const { exchange_code: code } = await buy()
    const { data } = await get(`/user/vouchers/${code.slice(0, 5).toLowerCase()}%20${code.slice(5)}`)
    expect(data).toEqual({ ...(await wallet()).vouchers[0], qr: `rp:v1:${code}` })
  })

  test('every query of the wallet is served by an index', async () => {
    const explained = async (sql: string) => service.database.query<{ key: string | null }>(`EXPLAIN ${sql}`)
    const own = 'FROM vouchers WHERE user_id = 1'
    const active = `${own} AND status = 'active' AND expires_at > '2026-01-01'`
    for (const sql of [
      `SELECT * ${own} ORDER BY created_at DESC, code DESC LIMIT 20`,
      `SELECT * ${active} ORDER BY expires_at, code LIMIT 100`,
      `SELECT COUNT(*) ${active}`,
    ])
      for (const { key } of await explained(sql))
        expect([sql, key]).toEqual([sql, expect.stringMatching(/^vouchers_user/)])
  })
})

test('a draw’s record has the voucher of the draw’s answer, or null when it won none', async () => {
  const nothing = await win(service, diner, defaultPrize.nothing)
  const won = await win(service, diner, defaultPrize.coupon)
  const { records } = (await get('/lottery/records')).data
  expect(records.map((one: { draw_id: string; voucher: unknown }) => [one.draw_id, one.voucher])).toEqual([
    [won.draw_id, won.voucher],
    [nothing.draw_id, null],
  ])
})

test('a member code has 18 digits, and comes with the seconds until the next one', async () => {
  const { data } = await get('/user/member-code')
  expect(data.code).toMatch(/^\d{18}$/)
  expect(data.expires_in).toBeWithin(1, 61)
  service.clock.advance(60_000)
  expect((await get('/user/member-code')).data.code).not.toBe(data.code)
})
