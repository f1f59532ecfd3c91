import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Build } from '../support/builds.ts'
import { jpegOf, picture } from '../support/images.ts'
import { phoneOf } from '../support/mini-program.ts'
import { newPhone } from '../support/people.ts'
import { type Program, runExecutable, startExecutable } from '../support/process.ts'
import { until } from '../support/sockets.ts'

/** The program starts as in a fresh clone: a free port is its only setting, and it runs its own database. */
let folder: string
let program: Program
let seed = 70_000

const executable = () => {
  const { PATH = '', HOME = '', TMPDIR } = process.env
  const env = { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), PORT: '0' }
  return { command: [process.execPath, join(import.meta.dir, '../../src/main.ts')], env, cwd: folder }
}
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'points-builds-'))
  program = await startExecutable(executable())
}, 60_000)
afterAll(async () => {
  expect(await program.kill()).toBe(0)
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

const photo = () => {
  seed += 1
  return jpegOf(picture(seed))
}
const makeMerchant = async (mobile: string) =>
  expect((await runExecutable(executable(), ['merchant', 'grant', mobile])).code).toBe(0)

interface Goods {
  product_id: number
  id: number
  commodity_id: number
  exchange_points: number
}
interface Prize {
  id: number
  prize_id: number
  prize_name: string
  probability: number
}
interface Told {
  event: string
  data: { points: number }
}

test('a diner with build v100 can sign in, draw, exchange and upload', async () => {
  const build = new Build(program)
  const phone = newPhone()
  await build.post('/auth/send-code', { phone })
  const me = await build.login({ phone, code: '123456' })
  expect((await build.get('/auth/verify')).data.valid).toBe(true)
  const config = (await build.get('/lottery/config')).data
  expect([config.prizes.length, config.cost_points, config.daily_limit, config.today_draw_count]).toEqual([
    8, 100, 10, 0,
  ])
  expect(config.lottery_rules).toEqual({ daily_limit: 10, pity_limit: 10, cost_points: 100 })
  const drawn = (await build.post('/lottery/draw', { draw_type: 'five', count: 5 })).data
  expect([drawn.results.length, drawn.today_draw_count]).toEqual([5, 5])
  expect((await build.get('/user/info')).data.total_points).toBe(drawn.remaining_points)
  const query = { page: 1, page_size: 20, category: 'all', sort: 'points', keyword: '', _t: Date.now() }
  const goods = (await build.get('/exchange/products', query)).data
  const [cheapest] = goods.products as Goods[]
  expect([cheapest?.id, goods.total]).toEqual([cheapest?.product_id, 20])
  const bought = (await build.post('/exchange/redeem', { product_id: cheapest?.commodity_id, quantity: 1 })).data
  const orders = (await build.get('/exchange/records', { page: 1, page_size: 20, status: 'all' })).data
  expect(orders.records).toMatchObject([{ order_no: bought.exchange_id, points_cost: cheapest?.exchange_points }])
  const formData = { user_amount: '88.5', access_token: build.accessToken }
  const sent = await build.phone.uploadFile('/upload', { name: 'file', bytes: await photo(), formData })
  expect([sent.statusCode, sent.data.code]).toEqual([200, 0])
  const uploads = (await build.get('/upload/records', { page: 1, page_size: 20, status: 'all' })).data
  expect(uploads.records).toMatchObject([{ id: sent.data.data.upload_id, status: 'pending', amount: '88.50' }])
  const ledger = (await build.get('/user/points-records', { page: 1, page_size: 20, type: 'all' })).data
  const paid = ledger.records.find(
    (one: { related_id: string; type: string }) => one.type === 'spend' && one.related_id === drawn.draw_id,
  )
  const codes = drawn.results.flatMap((one: { voucher: { code: string } | null }) => one.voucher?.code ?? [])
  for (const code of codes) expect(paid.description).toContain(code)
  const profile = (
    await build.call('/user/profile', { method: 'PUT', data: { nickname: '老张', avatar: 'wxfile://tmp_1.jpg' } })
  ).data
  expect([profile.user_info.nickname, profile.user_info.avatar, profile.user_id]).toEqual(['老张', null, me.user_id])
  await expect(build.post('/merchant/apply')).rejects.toThrow('2005')
  expect((await build.phone.request('/trade/list', { token: build.accessToken })).statusCode).toBe(404)
  await build.post('/auth/logout')
  await expect(build.get('/user/info')).rejects.toThrow('signed out')
}, 60_000)

test('staff with build v100 can do a day’s work', async () => {
  const diner = new Build(program)
  await diner.login({ phone: newPhone(), code: '123456' })
  const ids: string[] = []
  for (const user_amount of ['10', '20', '30']) {
    const file = { name: 'file', bytes: await photo(), formData: { user_amount } }
    ids.push((await diner.phone.uploadFile('/upload', file, { token: diner.accessToken })).data.data.upload_id)
  }
  const build = new Build(program)
  const phone = newPhone()
  await build.login({ phone, code: '123456' })
  await makeMerchant(phone)
  const pending = (await build.get('/merchant/pending-reviews', { page: 1, page_size: 20 })).data
  const listed = pending.list.map(({ id }: { id: string }) => id)
  for (const id of ids) expect(listed).toContain(id)
  await build.post('/merchant/review', { upload_id: ids[0], action: 'reject', points: 0, reason: '看不清' })
  const batch = (
    await build.post('/merchant/batch-review', { upload_ids: ids.slice(1), action: 'approve', reason: '' })
  ).data
  // Nothing was read on these photos, so each takes the reviewer's own amount.
  expect([batch.success_count, batch.failed_count]).toEqual([0, 2])
  const approve = { action: 'approve', reason: '' }
  const approved = await build.post('/merchant/review', { ...approve, upload_id: ids[1], amount: '20' })
  expect(approved.data.points_awarded).toBe(200)
  await build.post('/merchant/batch-review', { upload_ids: ids.slice(2), action: 'reject', reason: '看不清' })
  const made: number[] = []
  for (const name of ['今日特价', '明日特价']) {
    const fields = { name, category: '热菜', exchange_points: 10, stock: 5, image: 'http://tmp/4711.jpg' }
    made.push((await build.post('/merchant/products', fields)).data.id)
  }
  const many = (method: 'PUT' | 'DELETE', data: Record<string, unknown>) =>
    build.call('/merchant/products/batch', { method, data: { product_ids: made, ...data } })
  expect((await many('PUT', { updates: { status: 'offline' } })).data.products).toMatchObject([
    { status: 'inactive' },
    { status: 'inactive' },
  ])
  expect((await many('DELETE', {})).data.products.map(({ id }: Goods) => id)).toEqual(made)
  const { prizes } = (await build.get('/merchant/lottery-config')).data
  const odds = prizes.map(({ prize_id, probability }: Prize, i: number) => ({
    prize_id,
    probability: probability + ([1, -1][i] ?? 0),
  }))
  await build.post('/merchant/lottery-probabilities', { prizes: odds })
  await build.post('/merchant/reset-lottery-probabilities')
  const stats = (await build.get('/merchant/lottery-stats')).data
  expect([stats.totalPrizes, stats.todayCount >= 0, stats.totalCount]).toEqual([8, true, stats.total_draws])
}, 60_000)

test('build v212 draws by labels, reads short answers, and finds its coupons in its records', async () => {
  const build = new Build(program)
  await build.login({ phone: newPhone(), verify_code: '123456' })
  const codes: string[] = []
  for (const [label, count] of [
    ['单抽', 1],
    ['三连抽', 3],
    ['五连抽', 5],
  ] as const) {
    const { data } = await build.post('/lottery/draw', { draw_type: label, count })
    expect([data.results.length, data.user_points]).toEqual([count, data.remaining_points])
    codes.push(...data.results.flatMap((one: { voucher: { code: string } | null }) => one.voucher?.code ?? []))
  }
  const refusal = await build
    .post('/lottery/draw', { draw_type: '五连抽', count: 5 })
    .catch((error: Error) => error.message)
  expect(String(refusal)).toContain('3003')
  const { records } = (await build.get('/lottery/records', { page: 1, page_size: 20, type: 'undefined' })).data
  const shown = records.flatMap(
    ({ description }: { description?: string }) => description?.replace('核销码 ', '') ?? [],
  )
  expect([records.length, shown.sort()]).toEqual([9, codes.sort()])
  const statistics = (await build.get('/lottery/statistics')).data
  expect([statistics.total_draws, statistics.total_points_spent]).toEqual([9, 900])
  const poor = new Build(program)
  await poor.login({ phone: newPhone(), verify_code: '123456' })
  const dish = (
    (await poor.get('/exchange/products', { sort: 'points-desc', page_size: 1 })).data.products as Goods[]
  )[0]
  await expect(poor.post('/exchange/redeem', { id: dish?.id, quantity: 1 })).rejects.toThrow('4005')
  const socket = new WebSocket(
    `${program.url.replace('http', 'ws')}/ws?token=${poor.accessToken}&client_type=miniprogram`,
    ['websocket'],
  )
  const heard: Told[] = []
  socket.addEventListener('message', ({ data }) => heard.push(JSON.parse(String(data))))
  await until(() => heard.length > 0)
  const one = (await poor.post('/lottery/draw', { draw_type: '单抽' })).data
  await until(() => heard.some(({ event, data }) => event === 'point_updated' && data.points === one.user_points))
  socket.close()
}, 60_000)

const v220 = {
  header: { 'X-Client-Version': '2.2.0', 'X-Platform': 'wechat-miniprogram' },
  refreshBody: (refreshToken: string) => ({ refreshToken }),
}

test('a diner with build v220 stays signed in over a restart of the service', async () => {
  const mobile = newPhone()
  let build = new Build(program, v220)
  await build.post('/auth/send-code', { mobile })
  const me = await build.login({ mobile, code: '123456' })
  expect([me.is_admin, me.registration_days]).toEqual([false, 0])
  const file = { name: 'photo', bytes: await photo() }
  const sent = await build.phone.uploadFile('/photo/upload', file, { token: build.accessToken })
  expect([sent.data.code, sent.data.data.status]).toEqual([0, 'pending'])
  const checkedIn = (await build.post('/user/check-in')).data
  expect([checkedIn.points_earned, checkedIn.consecutive_days]).toEqual([50, 1])
  await build.post('/lottery/draw', { draw_type: '单抽', count: 1 })
  const trend = (await build.get('/user/points/today-trend', { _t: Date.now() })).data
  expect([trend.today_earned, trend.today_consumed]).toEqual([trend.total_earned, 100])
  const totals = { totalLotteries: 1, totalExchanges: 0, totalUploads: 1, joinDays: 0 }
  expect((await build.get('/exchange/statistics', { force_refresh: true })).data).toMatchObject(totals)
  expect((await build.get('/user/statistics')).data).toMatchObject(totals)
  const goods = (
    await build.get('/exchange/products', { page: 1, page_size: 50, category: '', stock_status: 'undefined' })
  ).data
  expect(goods.products).toHaveLength(20)
  for (const { created_time } of goods.products) expect(new Date(created_time).toISOString()).toBe(created_time)
  const dear = goods.products.toSorted((a: Goods, b: Goods) => b.exchange_points - a.exchange_points)[0]
  await expect(build.post('/exchange/redeem', { product_id: dear.id, quantity: 1 })).rejects.toThrow('4015')

  const { accessToken, refreshToken } = build
  expect(await program.kill()).toBe(0)
  program = await startExecutable(executable())
  const first = { name: 'photo', bytes: await photo() }
  const headerless = await phoneOf(program).uploadFile('/photo/upload', first, { token: accessToken })
  expect([headerless.data.code, headerless.data.data?.amount]).toEqual([0, '0.00'])
  build = new Build(program, v220)
  build.signedIn({ access_token: 'expired', refresh_token: refreshToken })
  expect((await build.get('/photo/history', { page: 1, page_size: 10, status: 'all' })).data.list).toHaveLength(2)
  expect(build.refreshes).toBe(1)
}, 60_000)

test('staff with build v220 can open and save a wheel with a prize of 1 %', async () => {
  const mobile = newPhone()
  const build = new Build(program, v220)
  await build.login({ mobile, code: '123456' })
  await makeMerchant(mobile)
  expect((await build.get('/user/info')).data.is_admin).toBe(true)
  const editor = async () => {
    const { prizes } = (await build.get('/merchant/lottery/config')).data
    return prizes.map(({ id, probability }: Prize) => ({
      id,
      probability: probability <= 1 ? probability * 100 : probability,
    }))
  }
  const shown = await editor()
  expect(shown.map(({ probability }: Prize) => Math.round(probability))).toEqual([5, 20, 10, 15, 8, 25, 2, 15])
  const edited = shown.map((prize: Prize, i: number) => ({ ...prize, probability: [6, 20, 10, 15, 8, 25, 1, 15][i] }))
  await build.post('/merchant/lottery/probabilities', { prizes: edited })
  await build.post('/merchant/lottery/probabilities', { prizes: await editor() })
  expect((await build.get('/lottery/config')).data.next_change.prizes[6]).toMatchObject({
    prize_name: '神秘大奖',
    probability: 0.01,
  })
  const fields = { name: '新品', category: '实物商品', exchange_points: 10, stock: 5, image: 'wxfile://tmp_2.jpg' }
  const made = (await build.post('/merchant/products', fields)).data
  expect([made.image, made.created_time]).toEqual([null, made.created_at])
  await build.call(`/merchant/products/${made.id}`, { method: 'PUT', data: { status: 'offline', name: '旧品' } })
  await build.call('/merchant/products/batch', { method: 'PUT', data: { product_ids: [made.id], is_hot: true } })
  expect((await build.get('/merchant/product-stats')).data.offlineCount).toBe(1)
  for (const period of ['today', 'week', 'month', 'all', 'undefined'])
    expect((await build.get('/merchant/statistics', { period })).code).toBe(0)
  await build.call(`/merchant/products/${made.id}`, { method: 'DELETE' })
}, 60_000)
