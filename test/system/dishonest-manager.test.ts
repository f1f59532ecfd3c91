import { afterAll, beforeEach, expect, test } from 'bun:test'
import type { AuditRecord } from '../../src/staff/wire.ts'
import { startAlertDesk } from '../support/alert-desk.ts'
import { appoint, balanceOf, newProduct, type Person, signIn, signInStaff } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { newUpload } from '../support/uploads.ts'

const desk = startAlertDesk()
const service = useService({ ALERT_WEBHOOK: desk.url, ALERT_FORMAT: 'json' })
const base = '/api/merchant'
const budget = 5_000
let owner: Person
let manager: Person
let friends: Person[]
/** A friend who draws, and is no part of the loot: the wheel's ordinary odds decide what they win. */
let guest: Person

beforeEach(async () => {
  desk.told.length = 0
  owner = await signInStaff(service, 'owner')
  manager = await signInStaff(service, 'manager')
  guest = await signIn(service)
  await drawOnce(guest)
  friends = await Promise.all(Array.from({ length: 6 }, () => signIn(service)))
})
afterAll(() => void desk.stop())

const asManager = (method: 'post' | 'put', path: string, body: object, headers: Record<string, string> = {}) =>
  service.client[method](`${base}${path}`, { token: manager.token, body, headers })
const give = (to: Person, points: number) => asManager('post', `/users/${to.userId}/points`, { points, reason: '补偿' })
const approve = (upload_id: string, claim: object) =>
  asManager('post', '/review', { upload_id, action: 'approve', ...claim })
const friendOf = (index: number) => friends[index % friends.length] as Person

/** What the manager and their friends have been given by the staff, beyond the welcome of each. */
async function loot(): Promise<number> {
  const balances = await Promise.all([manager, ...friends].map((one) => balanceOf(service, one)))
  return balances.reduce((sum, balance) => sum + balance - 1_000, 0)
}

async function correctAllDay() {
  const codes = new Set<number>()
  for (const points of [100_000, 1]) codes.add((await give(manager, points)).code)
  expect([...codes]).toEqual([6008])
  for (const points of [100_000, 2_001]) expect((await give(friendOf(0), points)).code).toBe(6013)
  await Promise.all(Array.from({ length: 60 }, (_, i) => give(friendOf(i), 100)))
  for (let i = 0; i < 12; i += 1) {
    await give(friendOf(i), 2_000)
    await give(friendOf(i), -50)
    await give(friendOf(i), 50)
  }
}

async function reviewAllDay() {
  const own = await newUpload(service, manager)
  expect((await approve(own, { points: 1 })).code).toBe(6008)
  const read = { input_amount_fen: 12_780, recognized_amount_fen: 12_780 }
  for (const claim of [{ amount: 9_999.99 }, { amount: 9_999.99, points: 100_000 }, { points: 2_557 }])
    expect((await approve(await newUpload(service, friendOf(1), read), claim)).code).toBe(6005)
  const blank = { input_amount_fen: 999_999, recognized_amount_fen: null }
  const uploads: string[] = []
  for (let i = 0; i < 6; i += 1) uploads.push(await newUpload(service, friendOf(i), blank))
  const reviews = uploads.map((upload_id) => ({ upload_id, action: 'approve', amount: 9_999.99 }))
  const batch = await asManager('post', '/batch-review', { reviews })
  expect(batch.data.results.map(({ code }: { code: number }) => code)).toEqual(Array(6).fill(6014))
  for (const upload_id of uploads) expect((await approve(upload_id, { amount: 9_999.99 })).code).toBe(6013)
  const copy = { flags: JSON.stringify([{ flag: 'similar_photo', upload_id: null }]) }
  expect((await approve(await newUpload(service, friendOf(2), copy), {})).code).toBe(6013)
}

async function cutPricesAllDay(product: number) {
  const edits = [1, 1_990, 995, 498, 249]
  const codes: number[] = []
  for (const exchange_points of edits)
    codes.push((await asManager('put', `/products/${product}`, { exchange_points })).code)
  expect(codes).toEqual([6013, 0, 6013, 6013, 6013])
  const products = [{ product_id: product, exchange_points: 1 }]
  expect((await asManager('post', '/products/batch-update', { products })).code).toBe(6013)
}

/** The loop that once took 31 ms: a wheel of one great prize, drawn from by a friend, and set back. */
async function turnTheWheelAllDay() {
  const { current } = (await service.client.get(`${base}/prizes`, { token: manager.token })).data
  const great = (prize_value: number) => ({
    prizes: current.prizes.map((prize: { prize_type: string }, index: number) =>
      index === 1 ? { ...prize, prize_value, probability: 1 } : { ...prize, probability: 0 },
    ),
  })
  expect((await asManager('put', '/prizes', great(1_000_000))).code).toBe(6010)
  for (let i = 0; i < 5; i += 1) {
    expect((await asManager('put', '/prizes', { ...great(10_000), pity_prize_id: 2 })).code).toBe(0)
    await drawOnce(guest)
    expect((await asManager('put', '/prizes', { prizes: current.prizes, pity_prize_id: 3 })).code).toBe(0)
  }
  const { data } = await service.client.get('/api/lottery/records', { token: guest.token })
  expect(data.records.every(({ points_awarded }: { points_awarded: number }) => points_awarded <= 100)).toBe(true)
  const stats = (await service.client.get(`${base}/lottery/stats`, { token: owner.token })).data
  expect([stats.version, stats.total_draws]).toEqual([1, 6])
}

const drawOnce = ({ token }: Person) =>
  service.client.post('/api/lottery/draw', { token, body: { draw_type: 'single' } })

async function approveThemselves() {
  const { approvals } = (await service.client.get(`${base}/approvals?limit=100`, { token: manager.token })).data
  expect(approvals.length).toBeGreaterThan(8)
  for (const { approval_id } of approvals)
    expect((await asManager('post', `/approvals/${approval_id}`, { action: 'approve' })).code).toBe(6012)
  expect((await asManager('post', '/staff', { mobile: friendOf(0).phone, role: 'manager' })).code).toBe(2007)
  return approvals
}

test('a day of a dishonest manager brings at most the discretionary budget, and all of it stands in the audit', async () => {
  const product = await newProduct(service, 5, { exchange_points: 3_980 })
  await correctAllDay()
  await reviewAllDay()
  await cutPricesAllDay(product)
  await turnTheWheelAllDay()
  const waiting = await approveThemselves()
  expect(await loot()).toBeLessThanOrEqual(budget)

  const { data: me } = await service.client.get(`${base}/me`, { token: manager.token })
  expect(me.budgets.discretionary.used).toBeLessThanOrEqual(budget)
  const { products } = (await service.client.get(`${base}/products`, { token: owner.token })).data
  expect(products[0].exchange_points).toBe(1_990)

  const path = `${base}/audit?actor_id=${manager.userId}&limit=100&page=`
  const records: AuditRecord[] = []
  for (const page of [1, 2, 3])
    records.push(...(await service.client.get(`${path}${page}`, { token: owner.token })).data.records)
  const given = records.filter(({ action }) => action === 'points.adjust')
  const rise = ({ before, after }: AuditRecord) => Number(after?.total_points) - Number(before?.total_points)
  expect(given.reduce((sum, record) => sum + rise(record), 0)).toBe(await loot())
  const asked = records.filter(({ action }) => action === 'approval.ask')
  expect(asked.map(({ details }) => details.approval_id).toSorted()).toEqual(
    waiting.map(({ approval_id }: { approval_id: string }) => approval_id).toSorted(),
  )
  const cut = asked.find(({ details }) => details.subject === `product:${product}`)
  expect([cut?.before, cut?.after]).toEqual([
    { [product]: { exchange_points: 3_980 } },
    { [product]: { exchange_points: 1 } },
  ])

  const told = desk.told.map(({ body }) => body.event)
  expect(told).toContain('approval_asked')
  expect(told).toContain('staff_budget')
})

test('with the role taken away amid the day, not one more point is given', async () => {
  const giving = Array.from({ length: 40 }, (_, i) => give(friendOf(i), 100))
  await appoint(service, manager, null)
  await Promise.all(giving)
  const before = await loot()
  for (let i = 0; i < 10; i += 1) expect((await give(friendOf(i), 100)).code).toBe(2005)
  expect(await loot()).toBe(before)
})
