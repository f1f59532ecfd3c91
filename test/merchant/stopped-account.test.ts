import { beforeEach, expect, test } from 'bun:test'
import { setStanding } from '../../src/accounts/set-standing.ts'
import { systemActor } from '../../src/staff/actor.ts'
import { runJob } from '../support/jobs.ts'
import { balanceOf, newProduct, type Person, signIn, signInMerchant } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { newUpload } from '../support/uploads.ts'

const service = useService({ VOUCHER_TTL_DAYS: '30', REVIEW_TTL_DAYS: '7' })
const day_ms = 86_400_000
let diner: Person
let orderId: string

/** A person with a pending order whose account is then stopped. */
beforeEach(async () => {
  diner = await signIn(service)
  const body = { product_id: await newProduct(service, 5), quantity: 2 }
  orderId = (await service.client.post('/api/exchange/submit', { token: diner.token, body })).data.exchange_id
  await stand('banned')
})

const stand = (status: 'banned' | 'active') =>
  service.services.till.run(setStanding, { userId: diner.userId, status, actor: systemActor() })
const balance = async () => {
  const [row] = await service.database.query<{ points: number }>(
    'SELECT total_points AS points FROM users WHERE user_id = ?',
    [diner.userId],
  )
  return row?.points
}

test('a stopped account’s upload is reviewed like any other, and its points are there when the account is active again', async () => {
  const { token } = await signInMerchant(service)
  const body = { upload_id: await newUpload(service, diner), action: 'approve' }
  expect((await service.client.post('/api/merchant/review', { token, body })).code).toBe(0)
  await stand('active')
  expect(await balanceOf(service, await signIn(service, diner.phone))).toBe(980 + 885)
})

test('a stopped account’s upload that nobody reviews expires like any other', async () => {
  await newUpload(service, diner)
  service.clock.advance(7 * day_ms + 1)
  expect(await runJob(service, 'expire-reviews')).toEqual({ outcome: 'done', rows: 1 })
})

test('a stopped account cannot cancel its order, which expires in time and gives points and stock back', async () => {
  service.clock.advance(30_000)
  const path = `/api/exchange/orders/${orderId}/cancel`
  expect((await service.client.post(path, { token: diner.token })).code).toBe(2004)
  expect(await balance()).toBe(980)
  service.clock.advance(30 * day_ms)
  expect(await runJob(service, 'expire-orders')).toEqual({ outcome: 'done', rows: 1 })
  expect(await balance()).toBe(1_000)
})

test('an order that has not expired can be cancelled or collected once the account is active again', async () => {
  await stand('active')
  const { token } = await signIn(service, diner.phone)
  expect((await service.client.post(`/api/exchange/orders/${orderId}/cancel`, { token })).code).toBe(0)
})
