import { beforeEach, expect, test } from 'bun:test'
import { Build } from '../../support/builds.ts'
import { withFreshReplica } from '../../support/fresh-replica.ts'
import { newPhoto } from '../../support/images.ts'
import { newPhone, newProduct, type Person, signIn, signInMerchant } from '../../support/people.ts'
import { useService } from '../../support/service.ts'
import { until } from '../../support/sockets.ts'
import { newUpload } from '../../support/uploads.ts'

const service = useService({ DIALECTS: 'on' })
let staff: Person

beforeEach(async () => {
  staff = await signInMerchant(service)
})

const camelCase = (refreshToken: string) => ({ refreshToken })

test('v100 works for a diner: the wheel, draws, products, an upload with its token in the form, records', async () => {
  const build = new Build(service)
  const phone = newPhone()
  await build.post('/auth/send-code', { phone })
  const me = await build.login({ phone, code: '123456' })
  expect((await build.get('/auth/verify')).data.valid).toBe(true)
  const config = (await build.get('/lottery/config')).data
  expect(config.prizes).toHaveLength(8)
  if (!config.cost_points || !config.daily_limit) throw new Error('the build takes this for a broken answer')
  expect([config.daily_limit, config.today_draw_count || 0]).toEqual([9_999, 0])
  const drawn = (await build.post('/lottery/draw', { draw_type: 'five', count: 5 })).data
  expect(drawn.results).toHaveLength(5)
  expect(drawn.today_draw_count || 0).toBe(5)
  expect((await build.get('/user/info')).data.total_points).toBe(drawn.remaining_points)
  const id = await newProduct(service, 9)
  const goods = (await build.get('/exchange/products', { page: 1, page_size: 20, category: 'all', sort: 'points' }))
    .data
  expect([
    goods.products.find((one: { commodity_id: number }) => one.commodity_id === id)?.id,
    goods.total,
    goods.page,
  ]).toEqual([id, 1, 1])
  await build.post('/exchange/redeem', { product_id: goods.products[0].commodity_id, quantity: 1 })
  const orders = (await build.get('/exchange/records', { page: 1, page_size: 20, status: 'all' })).data
  expect(orders.records.map((one: { points_cost: number }) => `-${one.points_cost || 0}`)).toEqual(['-10'])
  expect(orders.records[0].order_no).toBe(orders.records[0].order_id)
  const formData = { user_amount: '88.5', access_token: build.accessToken }
  const sent = await build.phone.uploadFile('/upload', { name: 'file', bytes: await newPhoto(), formData })
  expect([sent.statusCode, sent.data.code]).toEqual([200, 0])
  const uploads = (await build.get('/upload/records', { page: 1, page_size: 20, status: 'all' })).data
  expect(uploads.records[0]).toMatchObject({ id: sent.data.data.upload_id, status: 'pending', amount: '88.50' })
  const ledger = (await build.get('/user/points-records', { page: 1, page_size: 2, type: 'all' })).data
  expect([ledger.records.length, ledger.hasMore, ledger.has_more]).toEqual([2, true, true])
  expect((await build.get('/points/statistics')).data.current_points).toBe(
    (await build.get('/user/profile')).data.total_points,
  )
  expect(me.user_id).toBe((await build.get('/user/info')).data.user_id)
  await expect(build.post('/merchant/apply', {})).rejects.toThrow('2005')
  await build.post('/auth/logout')
  await expect(build.get('/user/info')).rejects.toThrow('signed out')
})

test('v100 works for staff: they review one by one and by ids, and set the odds', async () => {
  const build = new Build(service)
  build.signedIn({ access_token: staff.token, refresh_token: staff.refreshToken })
  const diner = await signIn(service)
  const ids = [await newUpload(service, diner), await newUpload(service, diner), await newUpload(service, diner)]
  const { list, total } = (await build.get('/merchant/pending-reviews', { page: 1, page_size: 20 })).data
  expect([list.length, total]).toEqual([3, 3])
  expect(list[0]).toMatchObject({ id: ids[0], expected_points: 885, user_name: list[0].user.nickname })
  expect(list[0].user_phone).toMatch(/^139\*{4}\d{4}$/)
  await build.post('/merchant/review', { upload_id: ids[0], action: 'reject', points: 0, reason: '看不清' })
  const batch = (
    await build.post('/merchant/batch-review', { upload_ids: ids.slice(1), action: 'approve', reason: '' })
  ).data
  expect([batch.success_count, batch.failed_count, batch.processed]).toEqual([2, 0, 2])
  const figures = (await build.get('/merchant/statistics')).data
  expect([figures.pending_count, figures.today_approved, figures.today_rejected, figures.total_processed]).toEqual([
    0, 2, 1, 3,
  ])
  const { prizes } = (await build.get('/merchant/lottery-config')).data
  const sum = () => prizes.reduce((all: number, one: { probability: number }) => all + (one.probability || 0), 0)
  expect(sum()).toBe(100)
  prizes.find((one: { id: number }) => String(one.id) === '1').probability += 1
  prizes.find((one: { id: number }) => String(one.id) === '2').probability -= 1
  const odds = prizes.map(({ prize_id, probability }: { prize_id: number; probability: number }) => ({
    prize_id,
    probability,
  }))
  await build.post('/merchant/lottery-probabilities', { prizes: odds })
  expect((await build.get('/merchant/lottery-config')).data.prizes[0].probability).toBe(6)
  await build.post('/merchant/reset-lottery-probabilities')
  expect((await build.get('/merchant/lottery-config')).data.prizes[0].probability).toBe(5)
  expect((await build.get('/merchant/lottery-stats')).data.total_draws).toBe(0)
})

test('the middle build works with its own names of fields, and refreshes its token', async () => {
  const build = new Build(service, { refreshBody: camelCase })
  await build.login({ mobile: newPhone(), verification_code: '123456' })
  const drawn = (await build.post('/lottery/draw', { type: 'triple' })).data
  expect([drawn.points, drawn.user_points, drawn.today_count]).toEqual([
    drawn.remaining_points,
    drawn.remaining_points,
    3,
  ])
  service.clock.advance(7_210_000)
  expect((await build.get('/user/points-history', { page: 1, limit: 5, type: 'consume' })).data.records).toHaveLength(1)
  expect(build.refreshes).toBe(1)
  const formData = { user_amount: '12.30', access_token: build.accessToken }
  const sent = await build.phone.uploadFile('/upload/photo', { name: 'photo', bytes: await newPhoto(), formData })
  expect(sent.data.data.amount).toBe('12.30')
  const history = (await build.get('/photo/records', { page: 1, page_size: 10, status: 'all' })).data
  expect([history.list.length, history.history[0].upload_time]).toEqual([1, history.records[0].uploaded_at])
  const figures = (await build.get('/photo/statistics')).data
  expect([
    figures.total_count,
    figures.pending_count,
    figures.approved_count,
    figures.rejected_count,
    figures.total_points,
  ]).toEqual([1, 1, 0, 0, 0])
})

test('v212 draws by the labels of the buttons, and reads the missing points from the sentence', async () => {
  const build = new Build(service)
  await build.login({ phone: newPhone(), verify_code: '123456' })
  for (const [label, count] of [
    ['单抽', 1],
    ['三连抽', 3],
    ['五连抽', 5],
  ] as const) {
    const { data } = await build.post('/lottery/draw', { draw_type: label, count })
    const field = ['user_points', 'userPoints', 'points', 'total_points'].find(
      (name) => data[name] !== undefined && data[name] !== null,
    )
    expect([data.results.length, field, data[field ?? '']]).toEqual([count, 'user_points', data.remaining_points])
    expect(
      data.results.every((one: { points: number; points_awarded: number }) => one.points === one.points_awarded),
    ).toBe(true)
  }
  expect((await build.get('/lottery/config')).data.today_draw_count).toBe(9)
  const poor = new Build(service)
  await poor.login({ phone: newPhone(), verify_code: '123456' })
  await poor.post('/lottery/draw', { draw_type: '五连抽', count: 5 })
  await poor.post('/lottery/draw', { draw_type: '三连抽', count: 3 }).catch(() => {})
  const refusal = await poor
    .post('/lottery/draw', { draw_type: '十连抽', count: 10 })
    .catch((error: Error) => error.message)
  expect(/需要\s*(\d+)\s*积分/.exec(String(refusal))?.[1]).toBe('1000')
  const statistics = (await build.get('/lottery/statistics')).data
  expect([statistics.total_draws, statistics.total_points_spent]).toEqual([9, 900])
  expect(statistics.win_rate).toBeGreaterThan(0)
  expect(statistics.win_rate).toBeLessThanOrEqual(1)
})

test('v21x refreshes on the true code as well, and reviews a batch with amounts', async () => {
  const build = new Build(service, { header: { 'X-Client-Version': '2.1.4', 'X-Platform': 'wechat-miniprogram' } })
  await build.login({ phone: newPhone(), verify_code: '123456', dev_mode: false, skip_sms_verify: false })
  await build.post('/lottery/draw', { type: '单抽', count: 1 })
  service.clock.advance(7_210_000)
  expect((await build.get('/user/info')).data.is_admin).toBe(false)
  expect(build.refreshes).toBe(1)
  const diner = await signIn(service)
  const [a, b] = [
    await newUpload(service, diner, { input_amount_fen: null, recognized_amount_fen: null, estimated_points: 0 }),
    await newUpload(service, diner),
  ]
  const session = await signIn(service, staff.phone)
  build.signedIn({ access_token: session.token, refresh_token: session.refreshToken })
  const { reviews, total } = (await build.get('/merchant/pending-reviews', { page: 1, limit: 20, status: 'pending' }))
    .data
  const pending = reviews.map((one: Record<string, never>) => ({
    id: one.upload_id || one.id,
    phone: (one.user_info as unknown as { mobile?: string })?.mobile,
    amount: one.amount || 0,
    points: one.suggested_points,
    time: one.uploaded_at || one.upload_time,
  }))
  expect([total, pending.length, pending[0].amount, pending[1].amount]).toEqual([2, 2, '0.00', '88.50'])
  expect(pending[1].phone).toContain('****')
  expect([a, b]).toEqual(pending.map(({ id }: { id: string }) => id))
  const approve = async (amounts: Record<string, string>) => {
    const reviews = Object.entries(amounts).map(([upload_id, amount]) => ({
      upload_id,
      action: 'approve',
      amount,
      review_reason: '批量通过审核',
    }))
    return (await build.post('/merchant/batch-review', { reviews })).data
  }
  expect(await approve({ [a]: '0.00' })).toMatchObject({ failed: 1, results: [{ code: 6014 }] })
  expect(await approve({ [a]: '12.30', [b]: '88.50' })).toMatchObject({
    successful: 1,
    failed: 1,
    results: [{ code: 6014 }, { points_awarded: 885 }],
  })
  const alone = { upload_id: a, action: 'approve', amount: '12.30' }
  expect((await build.post('/merchant/review', alone)).data).toMatchObject({ points_awarded: 123 })
  const figures = (await build.get('/merchant/statistics', { period: 'week' })).data
  expect(figures.review_stats).toMatchObject({ pending: 0, approved: 2, rejected: 0, total: 2 })
})

test('v100 refreshes on the configured code', async () => {
  const phone = newPhone()
  await withFreshReplica(service, { AUTH_FAILURE_CODE: '1002' }, async (replica) => {
    const build = new Build(replica, { refreshesOn: 1002 })
    await build.login({ phone, code: '123456' })
    service.clock.advance(7_210_000)
    expect((await build.get('/user/info')).data.mobile).toMatch(/^139\*{4}\d{4}$/)
    expect(build.refreshes).toBe(1)
  })
})

test('the late build decodes its token itself, refreshes it before it expires, and gets pushes', async () => {
  const build = new Build(service, { header: { 'X-Client-Version': '2.2.0' }, refreshBody: camelCase })
  const me = await build.login({ mobile: newPhone(), code: '123456' })
  for (const token of [build.accessToken, build.refreshToken]) {
    const [head = '', payload = ''] = token.split('.')
    expect(`${head}${payload}`).toMatch(/^[A-Za-z0-9]+$/)
    const claims = JSON.parse(atob(payload))
    expect(claims.user_id).toBe(me.user_id)
    expect(claims.exp).toBeGreaterThan(Date.now() / 1000)
    expect(JSON.parse(atob(head)).alg).toBe('HS256')
  }
  const socket = new WebSocket(
    `${service.url.replace('http', 'ws')}/ws?token=${build.accessToken}&client_type=miniprogram`,
    ['wss'],
  )
  const heard: { event: string; data: { user_id: number; points: number; source: string } }[] = []
  socket.addEventListener('message', ({ data }) => heard.push(JSON.parse(String(data))))
  await until(() => heard.length > 0)
  const products = (await build.get('/exchange/products', { page: 1, page_size: 20, category: 'all', sort: 'default' }))
    .data
  expect([products.products, products.total, products.has_more]).toEqual([[], 0, false])
  const drawn = (await build.post('/lottery/draw', { draw_type: '单抽', count: 1 })).data
  await until(() => heard.filter(({ event }) => event === 'point_updated').at(-1)?.data.points === drawn.user_points)
  expect(heard.at(-1)?.data).toMatchObject({ user_id: me.user_id, source: 'lottery' })
  const sync = (await build.get('/exchange/products/sync')).data
  expect(sync.products).toEqual([])
  socket.close()
})
