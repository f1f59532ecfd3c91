import { beforeEach, describe, expect, test } from 'bun:test'
import { figuresNow, sumOf } from '../support/figures.ts'
import { givePoints, newProduct, signIn, signInMerchant } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { newUpload } from '../support/uploads.ts'

const service = useService()
let before: Map<string, number>

beforeEach(async () => {
  before = await figuresNow(service)
})

/** By how much a figure grew in this test. */
async function grown(name: string, labels?: string): Promise<number> {
  return sumOf(await figuresNow(service), name, labels) - sumOf(before, name, labels)
}

describe('business figures', () => {
  test('sign-ins are counted by outcome', async () => {
    const { phone } = await signIn(service)
    await signIn(service, phone)
    await service.client.post('/api/auth/send-code', { body: { phone } })
    await service.client.post('/api/auth/login', { body: { phone, code: '000000' } })
    for (const outcome of ['new', 'returning', 'wrong_code']) {
      expect([outcome, await grown('logins_total', `"${outcome}"`)]).toEqual([outcome, 1])
    }
  })

  test('each effect is counted once, and no replay or refusal is counted, even under parallel calls', async () => {
    const person = await signIn(service)
    await givePoints(service, person, 1_000)
    const spin = (key: number) =>
      service.client.post('/api/lottery/draw', {
        token: person.token,
        body: { draw_type: 'triple' },
        idempotencyKey: `k${key}`,
      })
    const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => spin(i % 20)))
    const done = new Set(answers.filter(({ code }) => code === 0).map(({ data }) => data.draw_id)).size
    expect(answers.some(({ code }) => code === 3002)).toBe(true)
    expect(await grown('draws_total')).toBe(done * 3)
    expect(await grown('prizes_total')).toBe(done * 3)
    const kinds = await service.database.query<{ prize_type: string; is_pity: number; n: number }>(
      'SELECT prize_type, is_pity, COUNT(*) AS n FROM lottery_records GROUP BY prize_type, is_pity',
    )
    for (const { prize_type, is_pity, n } of kinds) {
      const labels = `{prize_type="${prize_type}",by="${is_pity ? 'guarantee' : 'luck'}"}`
      expect([labels, await grown('prizes_total', labels)]).toEqual([labels, n])
    }
  })

  test('orders, receipts, check-ins and vouchers are counted by outcome', async () => {
    const [diner, merchant] = [await signIn(service), await signInMerchant(service)]
    const product_id = await newProduct(service, 9)
    const submit = () => service.client.post('/api/exchange/submit', { token: diner.token, body: { product_id } })
    const [first, second] = [await submit(), await submit()]
    await service.client.post(`/api/exchange/orders/${first.data.exchange_id}/cancel`, { token: diner.token })
    const redeem = () =>
      service.client.post(`/api/merchant/vouchers/${second.data.exchange_code}/redeem`, { token: merchant.token })
    expect([(await redeem()).code, (await redeem()).code]).toEqual([0, 6007])
    const reviews = [await newUpload(service, diner), await newUpload(service, diner)].map((upload_id, i) => ({
      upload_id,
      action: i === 0 ? 'approve' : 'reject',
    }))
    const batch = () =>
      service.client.post('/api/merchant/batch-review', {
        token: merchant.token,
        body: { reviews },
        idempotencyKey: 'batch',
      })
    expect((await batch()).data).toEqual((await batch()).data)
    await service.client.post('/api/user/check-in', { token: diner.token })
    await service.client.post('/api/user/check-in', { token: diner.token })
    const expected: [string, string | undefined, number][] = [
      ['exchange_orders_total', '"submitted"', 2],
      ['exchange_orders_total', '"cancelled"', 1],
      ['vouchers_redeemed_total', undefined, 1],
      ['receipts_reviewed_total', '"approved"', 1],
      ['receipts_reviewed_total', '"rejected"', 1],
      ['check_ins_total', undefined, 1],
    ]
    for (const [name, labels, count] of expected) {
      expect([name, labels, await grown(name, labels)]).toEqual([name, labels, count])
    }
    const ledger = await service.database.query<{ source: string; type: string; points: string }>(
      'SELECT source, type, SUM(ABS(points)) AS points FROM points_records GROUP BY source, type',
    )
    for (const { source, type, points } of ledger) {
      const labels = `{source="${source}",direction="${type === 'earn' ? 'in' : 'out'}"}`
      expect([labels, await grown('points_moved_total', labels)]).toEqual([labels, Number(points)])
    }
  })
})

test('no label holds a value that a caller chose', async () => {
  for (const path of ['/api/x1', '/api/x2/y', '/x3', '/api/merchant/vouchers/ABCDEFGHJK', '/images/x4']) {
    await fetch(`${service.url}${path}`, { method: 'PROPFIND' })
    await fetch(`${service.url}${path}`, { method: 'POST' })
    await fetch(`${service.url}${path}`)
  }
  const names = [...(await figuresNow(service)).keys()].filter((name) => name.includes('http_requests_total'))
  expect(names.filter((name) => /x[1-4]|ABCDEFGHJK/.test(name))).toEqual([])
})
