import { afterAll, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeSeedChain } from '../../src/fairness/chain.ts'
import recorded from '../../src/http/examples.json' with { type: 'json' }
import type { OpenApiDocument } from '../../src/http/openapi.ts'
import { day_ms } from '../../src/lib/calendar.ts'
import { makeSignerKey, signerOf } from '../../src/tlog/format/notes.ts'
import { createLog } from '../../src/tlog/log.ts'
import { createRecorder, differencesOf, type Examples } from '../support/examples.ts'
import { jpegOf, picture } from '../support/images.ts'
import { givePoints, newPhone, newProduct, signIn, signInStaff } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { newUpload, photoForm } from '../support/uploads.ts'
import { startWechat } from '../support/wechat.ts'

const file = join(import.meta.dir, '../../src/http/examples.json')
const logKey = makeSignerKey('points.example.com/log')
const wechat = startWechat()
const service = useService({
  LOG_KEY: logKey,
  DRAW_SEED: makeSeedChain(Math.floor(Date.now() / day_ms) + 10),
  WECHAT_APPID: wechat.appid,
  WECHAT_SECRET: wechat.secret,
  WECHAT_API: wechat.url,
  WHEEL_CHANGE: 'next_day',
})
afterAll(() => wechat.stop())
type Tell = ReturnType<typeof createRecorder>['tell']

const photo = () => jpegOf(picture(Date.now() % 1_000))
const image = async (name: string) => {
  const form = new FormData()
  form.set(name, new File([await photo()], `${name}.jpg`, { type: 'image/jpeg' }))
  return form
}

/** What a diner does, from the first code to the last session. */
async function tellOfDiner(tell: Tell) {
  const phone = newPhone()
  await tell('POST /api/auth/send-code', { body: { phone } })
  const {
    access_token: token,
    refresh_token,
    user_info,
  } = await tell('POST /api/auth/login', {
    body: { phone, code: '123456', device_info: { platform: 'iOS', model: 'iPhone 17' } },
  })
  const other = await signIn(service, phone)
  await tell('POST /api/auth/refresh', { body: { refresh_token } })
  await tell('GET /api/auth/verify-token', { token })
  await tell('PUT /api/user/info', { token, body: { nickname: '爱吃辣的小王' } })
  await tell('POST /api/user/avatar', { token, form: await image('avatar') })
  await tell('POST /api/user/check-in', { token })
  await givePoints(service, { ...other, userId: user_info.user_id }, 2_000)
  for (const what of ['info', 'status', 'statistics', 'points/records', 'points/statistics', 'member-code', 'sessions'])
    await tell(`GET /api/user/${what}`, { token })
  const { sessions } = await tell('GET /api/user/sessions', { token })
  const path = { id: sessions.find(({ current }: { current: boolean }) => !current).id }
  await tell('DELETE /api/user/sessions/{id}', { token, path })
  await tell('DELETE /api/user/sessions/others', { token })
  return { token, phone, userId: user_info.user_id as number, refreshToken: refresh_token as string }
}

async function tellOfDraws(tell: Tell, token: string) {
  await tell('GET /api/lottery/config', { token })
  const { draw_id } = await tell('POST /api/lottery/draw', {
    token,
    body: { draw_type: 'triple', client_seed: 'my-luck' },
  })
  await createLog({ ...service.services, signer: signerOf(logKey) }).seal()
  await tell('GET /api/lottery/draws/{draw_id}/proof', { token, path: { draw_id } })
  await tell('GET /api/lottery/records', { token, query: { draw_type: 'triple' } })
  for (const what of ['wheels', 'statistics']) await tell(`GET /api/lottery/${what}`, { token })
  await tell('GET /api/fairness')
  await tell('GET /api/fairness/wheels/{version}', { path: { version: 1 } })
}

async function tellOfGoods(tell: Tell, token: string, staff: string) {
  const product = { name: '桂花糕', category: '甜品', exchange_points: 200, description: '每天现做', stock: 30 }
  const { product_id: id } = await tell('POST /api/merchant/products', { token: staff, body: product })
  await tell('PUT /api/merchant/products/{id}', { token: staff, path: { id }, body: { exchange_points: 180 } })
  const stock = { change: 20, operation: 'restock', reason: '新到一批' }
  await tell('POST /api/merchant/products/{id}/stock', { token: staff, path: { id }, body: stock })
  await tell('POST /api/merchant/images', { token: staff, form: await image('image') })
  await tell('GET /api/exchange/products', { token, query: { category: '甜品' } })
  await tell('GET /api/exchange/categories', { token })
  const order = await tell('POST /api/exchange/submit', { token, body: { product_id: id, quantity: 2 } })
  await tell('GET /api/exchange/orders', { token })
  const { vouchers } = await tell('GET /api/user/vouchers', { token, query: { status: 'active', kind: 'product' } })
  const path = { code: vouchers[0].code as string }
  await tell('GET /api/user/vouchers/{code}', { token, path })
  await tell('POST /api/exchange/orders/{exchange_id}/cancel', { token, path: { exchange_id: order.exchange_id } })
  await service.client.post('/api/exchange/submit', { token, body: { product_id: id } })
  const again = await service.client.get('/api/user/vouchers?status=active&kind=product', { token })
  const code = { code: again.data.vouchers[0].code as string }
  await tell('GET /api/merchant/vouchers/{code}', { token: staff, path: code })
  await tell('POST /api/merchant/vouchers/{code}/redeem', { token: staff, path: code })
  await tell('GET /api/merchant/products', { token: staff, query: { keyword: '桂花' } })
  await tell('GET /api/merchant/product-stats', { token: staff })
  const products = [{ product_id: id, exchange_points: 190 }]
  await tell('POST /api/merchant/products/batch-update', { token: staff, body: { products } })
  await tell('DELETE /api/merchant/products/{id}', { token: staff, path: { id } })
  const product_ids = [await newProduct(service, 3)]
  await tell('POST /api/merchant/products/batch-delete', { token: staff, body: { product_ids } })
}

test('every call of the API has an example, and it is what the service answers', async () => {
  const { examples, tell } = createRecorder(service.client)
  const diner = await tellOfDiner(tell)
  await tell('POST /api/auth/wx-login', {
    body: { js_code: wechat.jsCode('openid-of-somebody'), phone_code: wechat.phoneCode(newPhone()) },
  })
  const owner = await signInStaff(service, 'owner')
  const manager = await signInStaff(service, 'manager')
  await tellOfDraws(tell, diner.token)
  await tellOfGoods(tell, diner.token, manager.token)
  await tellOfReceipts(tell, diner, manager.token)
  await tellOfStaff(tell, diner, { owner: owner.token, manager: manager.token })
  await tell('POST /api/auth/logout', { token: diner.token })
  if (process.env.RECORD_EXAMPLES) writeFileSync(file, `${JSON.stringify(examples, null, 1)}\n`)
  const committed = (process.env.RECORD_EXAMPLES ? examples : recorded) as Examples
  expect(Object.keys(committed).sort()).toEqual(Object.keys(examples).sort())
  for (const [operation, example] of Object.entries(examples))
    expect([operation, differencesOf(committed[operation], example)]).toEqual([operation, []])
  const { paths } = (await (await fetch(`${service.url}/api/openapi.json`)).json()) as OpenApiDocument
  const enveloped = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { 'x-refusals': codes }]) =>
      codes.length > 0 ? [`${method.toUpperCase()} ${path}`] : [],
    ),
  )
  expect(Object.keys(examples).sort()).toEqual(enveloped.sort())
}, 120_000)

async function tellOfReceipts(tell: Tell, diner: Awaited<ReturnType<typeof tellOfDiner>>, staff: string) {
  const { token } = diner
  const { upload_id } = await tell('POST /api/photo/upload', { token, form: photoForm(await photo(), '88.50') })
  await tell('GET /api/photo/review/{upload_id}', { token, path: { upload_id } })
  await tell('GET /api/merchant/pending-reviews', { token: staff })
  await tell('GET /api/merchant/uploads/{upload_id}', { token: staff, path: { upload_id } })
  await tell('POST /api/merchant/review', { token: staff, body: { upload_id, action: 'reject', reason: '照片不清楚' } })
  const reviews = [{ upload_id: await newUpload(service, diner), action: 'approve' }]
  await tell('POST /api/merchant/batch-review', { token: staff, body: { reviews } })
  await tell('GET /api/merchant/reviews/history', { token: staff, query: { status: 'approved' } })
  await tell('GET /api/photo/history', { token })
  await tell('GET /api/photo/statistics', { token })
}

async function tellOfStaff(
  tell: Tell,
  diner: { token: string; phone: string; userId: number },
  { owner, manager }: Record<'owner' | 'manager', string>,
) {
  await tell('GET /api/merchant/me', { token: manager })
  const { user_id } = await tell('POST /api/merchant/staff', {
    token: owner,
    body: { mobile: newPhone(), role: 'cashier' },
  })
  await tell('GET /api/merchant/staff', { token: owner })
  await tell('DELETE /api/merchant/staff/{user_id}', { token: owner, path: { user_id } })
  const { code: member_code } = (await service.client.get('/api/user/member-code', { token: diner.token })).data
  await tell('GET /api/merchant/members/{member_code}', { token: manager, path: { member_code } })
  await tell('GET /api/merchant/users', { token: manager, query: { mobile: diner.phone } })
  const path = { id: diner.userId }
  const correction = { points: 3_000, reason: '补记一桌宴席' }
  const headers = { 'X-Approvals': '1' }
  const waiting = await service.client.post(`/api/merchant/users/${diner.userId}/points`, {
    token: manager,
    body: correction,
    headers,
  })
  await tell('POST /api/merchant/users/{id}/points', { token: manager, path, body: { points: 50, reason: '上菜慢了' } })
  await tell('GET /api/merchant/users/{id}/points', { token: manager, path, query: { type: 'earn' } })
  await tell('GET /api/merchant/approvals', { token: owner })
  const { approval_id } = waiting.data
  await tell('POST /api/merchant/approvals/{id}', {
    token: owner,
    path: { id: approval_id },
    body: { action: 'approve' },
  })
  const { prizes, cost_points } = await tell('GET /api/merchant/prizes', { token: manager })
  const kept = prizes.map(({ stock_remaining: _, ...prize }: { stock_remaining: unknown }) => prize)
  await tell('PUT /api/merchant/prizes', { token: manager, body: { prizes: kept, cost_points: cost_points + 10 } })
  await tell('DELETE /api/merchant/prizes/next', { token: manager })
  await tell('POST /api/merchant/prizes/{id}/stock', {
    token: manager,
    path: { id: prizes[4].prize_id },
    body: { change: 10, reason: '补货' },
  })
  await tell('POST /api/merchant/wheel/close', { token: manager, body: { reason: '换奖品' } })
  await tell('POST /api/merchant/wheel/open', { token: manager, body: {} })
  await tell('GET /api/merchant/lottery/stats', { token: manager })
  await tell('GET /api/merchant/statistics', { token: manager, query: { period: 'today' } })
  await tell('GET /api/merchant/figures', { token: manager, query: { period: 'week' } })
  await tell('GET /api/merchant/audit', { token: owner, query: { action: 'points.adjust' } })
  await tell('POST /api/merchant/jobs/{name}/run', { token: owner, path: { name: 'purge' }, body: {} })
  await tell('GET /api/merchant/system', { token: owner })
}
