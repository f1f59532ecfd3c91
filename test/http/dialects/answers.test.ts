import { afterAll, beforeEach, expect, test } from 'bun:test'
import { jpegOf, picture } from '../../support/images.ts'
import { allUses, type Phone, phoneOf } from '../../support/mini-program.ts'
import { givePoints, newPhone, newProduct, type Person, signIn, signInMerchant } from '../../support/people.ts'
import { defaultPrize, makeCertain, win } from '../../support/prizes.ts'
import { useService } from '../../support/service.ts'
import { newUpload } from '../../support/uploads.ts'

const service = useService({ DIALECTS: 'on' })
let phone: Phone
let diner: Person
let staff: Person
let uses = new Map<string, number>()

beforeEach(async () => {
  phone = phoneOf(service)
  diner = await signIn(service)
  staff = await signInMerchant(service)
})
afterAll(() => {
  const met = (alias: string) => !alias.includes(' > ') || alias.startsWith('socket') || alias.includes('wx-login')
  const unmet = [...uses].filter(([alias, count]) => !met(alias) && count === 0)
  expect(unmet.map(([alias]) => alias)).toEqual([])
})

type Asked = [path: string, method: 'GET' | 'POST' | 'PUT' | 'DELETE', data?: Record<string, unknown>]
/** Checks the answer of a path: each alias has the same value as the contract's field. */
type Expected = [alias: string, field: string][]

const valueAt = (data: unknown, path: string): unknown =>
  // biome-ignore lint/suspicious/noExplicitAny: paths lead into answers of every route
  path.split('.').reduce((value: any, name) => value?.[name], data)

async function hears(who: Person, [path, method, data = {}]: Asked, expected: Expected) {
  const answer = await phone.request(path, { method, data, token: who.token })
  expect([path, answer.data.code]).toEqual([path, 0])
  for (const [alias, field] of expected) {
    const value = valueAt(answer.data.data, alias)
    expect(value, `${path} ${alias}`).toBeDefined()
    expect([alias, value]).toEqual([alias, valueAt(answer.data.data, field)])
  }
  uses = await allUses(service)
  return answer.data.data
}

const names = (prefix: string, pairs: Record<string, string>): Expected =>
  Object.entries(pairs).map(([alias, field]) => [`${prefix}${alias}`, `${prefix}${field}`])
const account = { is_admin: 'is_merchant', avatar_url: 'avatar', avatarUrl: 'avatar' }
const page: Expected = [['total', 'pagination.total']]

test('answers about accounts have the aliases of older builds', async () => {
  const mobile = newPhone()
  await hears(diner, ['/auth/login', 'POST', { phone: mobile, code: '123456' }], names('user_info.', account))
  await hears(diner, ['/auth/verify-token', 'GET'], names('user_info.', account))
  for (const path of ['/user/info', '/user/profile']) {
    const data = await hears(diner, [path, 'GET'], names('user_info.', account))
    expect(data).toEqual({ ...data.user_info, user_info: data.user_info })
    expect(data.registration_days).toBe(0)
  }
  await hears(
    staff,
    ['/user/info', 'PUT', { nickname: '店长' }],
    [
      ...names('user_info.', account),
      ['is_admin', 'user_info.is_merchant'],
      ['total_points', 'user_info.total_points'],
    ],
  )
  await hears(staff, ['/merchant/users', 'GET', { mobile }], names('user_info.', account))
  const bytes = await jpegOf(picture(321))
  const { data } = (await phone.uploadFile('/user/avatar', { name: 'avatar', bytes }, { token: diner.token })).data
  expect([data.avatar_url, data.avatarUrl]).toEqual([data.avatar, data.avatar])
  expect(data.avatar).toStartWith(`${service.url}/`)
})

test('answers about a diner’s points and statistics have the aliases of older builds', async () => {
  await givePoints(service, diner, 7)
  const first = await hears(diner, ['/user/points/records', 'GET', { limit: 1 }], page)
  expect([first.hasMore, first.has_more, first.total]).toEqual([true, true, 2])
  const last = await hears(diner, ['/user/points/records', 'GET', { limit: 1, page: 2 }], [])
  expect([last.hasMore, last.has_more]).toEqual([false, false])
  await phone.request('/lottery/draw', { method: 'POST', data: { type: '三连抽' }, token: diner.token })
  const upload_id = await newUpload(service, diner)
  await hears(staff, ['/merchant/review', 'POST', { upload_id, action: 'approve' }], [])
  await newUpload(service, diner)
  await service.database.query('UPDATE users SET created_at = created_at - INTERVAL 3 DAY WHERE user_id = ?', [
    diner.userId,
  ])
  const data = await hears(
    diner,
    ['/user/statistics', 'GET'],
    [
      ['total_lottery', 'activity_statistics.total_draws'],
      ['total_exchange', 'activity_statistics.total_exchanges'],
      ['total_upload', 'activity_statistics.total_uploads'],
      ['totalLotteries', 'activity_statistics.total_draws'],
      ['totalExchanges', 'activity_statistics.total_exchanges'],
      ['totalUploads', 'activity_statistics.total_uploads'],
      ['joinDays', 'join_days'],
      ['join_days', 'user_info.registration_days'],
      ['this_month_points', 'points_statistics.total_earned'],
      ...names('user_info.', account),
    ],
  )
  expect([data.total_lottery, data.total_upload, data.approved_upload, data.join_days]).toEqual([3, 2, 1, 3])
  const exchanges = await hears(diner, ['/exchange/statistics', 'GET'], [])
  expect([exchanges.total_exchange, exchanges.totalExchanges, exchanges.total_lottery]).toEqual([0, 0, 3])
  const trend = await hears(diner, ['/user/points/today-trend', 'GET'], [])
  expect([trend.today_earned, trend.today_consumed]).toEqual([trend.total_earned, 300])
  const checkedIn = await hears(
    diner,
    ['/user/check-in', 'POST'],
    [
      ['points_earned', 'points_awarded'],
      ['consecutive_days', 'streak_days'],
    ],
  )
  const after = await hears(diner, ['/user/points/today-trend', 'GET'], [])
  expect(after.today_earned).toBe(trend.today_earned + checkedIn.points_earned)
  await service.database.query(
    'UPDATE points_records SET created_at = created_at - INTERVAL 40 DAY WHERE user_id = ? AND seq = 1',
    [diner.userId],
  )
  const later = await hears(diner, ['/user/statistics', 'GET'], [])
  expect(later.this_month_points).toBe(after.today_earned - 1_000)
  expect((await hears(diner, ['/user/points/today-trend', 'GET'], [])).today_earned).toBe(after.today_earned - 1_000)
})

test('answers about the wheel and draws have the aliases of older builds', async () => {
  const config = await hears(diner, ['/lottery/config', 'GET'], [['today_draw_count', 'draws_today']])
  expect(config.daily_limit).toBe(9_999)
  expect(config.lottery_rules).toEqual({ daily_limit: 9_999, pity_limit: 10, cost_points: 100 })
  for (const prize of config.prizes) {
    expect([prize.id, prize.name, prize.type, prize.value, prize.isActivity]).toEqual([
      prize.prize_id,
      prize.prize_name,
      prize.prize_type,
      prize.prize_value,
      prize.is_activity,
    ])
    expect([prize.is_active, prize.isActive]).toEqual([true, true])
  }
  expect(config.prizes[0].probability).toBe(0.05)
  const drawn = await hears(
    diner,
    ['/lottery/draw', 'POST', { draw_type: '五连抽' }],
    [
      ...names('', {
        user_points: 'remaining_points',
        points: 'remaining_points',
        today_count: 'draws_today',
        today_draw_count: 'draws_today',
      }),
      ...Array.from({ length: 5 }, (_, i): [string, string] => [`results.${i}.points`, `results.${i}.points_awarded`]),
    ],
  )
  const { records } = await hears(
    diner,
    ['/lottery/records', 'GET'],
    [...page, ['records.0.cost_points', 'records.0.points_cost']],
  )
  expect(records.map((one: { status: string }) => one.status)).toEqual(Array(5).fill('completed'))
  const stats = await hears(staff, ['/merchant/lottery/stats', 'GET'], [['totalCount', 'total_draws']])
  expect([stats.todayCount, stats.activeUsers, stats.totalPrizes]).toEqual([5, 1, 8])
  const statistics = await hears(diner, ['/lottery/statistics', 'GET'], [['total_points_spent', 'total_cost']])
  const won = drawn.results.filter((one: { prize_type: string }) => one.prize_type !== 'empty').length
  expect(statistics.win_rate).toBe(won / 5)
  expect((await hears(staff, ['/lottery/statistics', 'GET'], [])).win_rate).toBe(0)
  for (const path of ['/merchant/prizes', '/merchant/lottery/config']) {
    const { prizes } = await hears(
      staff,
      [path, 'GET'],
      names('prizes.0.', {
        id: 'prize_id',
        name: 'prize_name',
        type: 'prize_type',
        value: 'prize_value',
        isActivity: 'is_activity',
      }),
    )
    await hears(staff, [path, 'PUT', { prizes }], names('prizes.0.', { id: 'prize_id' }))
  }
  for (const path of ['/merchant/lottery/probabilities', '/merchant/lottery/reset-probabilities']) {
    const { prizes } = await hears(staff, ['/merchant/lottery/config', 'GET'], [])
    expect((await hears(staff, [path, 'POST', { prizes }], [['isActive', 'is_active']])).is_active).toBe(true)
  }
})

test('the records that older builds show contain a prize’s code in their texts while it can be redeemed', async () => {
  await givePoints(service, diner, 1_000)
  const won = await win(service, diner, defaultPrize.coupon)
  await win(service, diner, defaultPrize.nothing)
  await makeCertain(service, defaultPrize.dish)
  const three = await phone.request('/lottery/draw', {
    method: 'POST',
    data: { type: '三连抽' },
    token: diner.token,
  })
  const codes = three.data.data.results.map((one: { voucher: { code: string } }) => one.voucher.code)
  const texts = async (path: string) => {
    const { records } = await hears(diner, [path, 'GET'], [])
    return records.map(({ prize_name, description, remark }: Record<string, string>) => [
      prize_name,
      description,
      remark,
    ])
  }
  const coupon = `核销码 ${won.voucher.code}`
  const shown = await texts('/lottery/records')
  expect(shown.slice(3)).toEqual([
    ['谢谢参与', undefined, undefined],
    ['八八折券', coupon, coupon],
  ])
  expect(
    shown
      .slice(0, 3)
      .map(([, description = '']: string[]) => description.slice(4))
      .sort(),
  ).toEqual(codes.sort())
  const ledger = (await texts('/user/points-records')).map(([, description]: string[]) => description)
  expect(ledger[0]).toMatch(/^三连抽消耗积分，核销码 \w{10}、\w{10}、\w{10}$/)
  for (const code of codes) expect(ledger[0]).toContain(code)
  expect(ledger.slice(1, 3)).toEqual(['单抽消耗积分', `单抽消耗积分，${coupon}`])
  const path = `/merchant/vouchers/${won.voucher.code}/redeem`
  await hears(staff, [path, 'POST'], [])
  expect((await texts('/user/points-records'))[2]).toEqual([undefined, '单抽消耗积分', undefined])
  expect((await texts('/lottery/records'))[4]).toEqual(['八八折券', coupon, coupon])
})

test('answers about products and orders have the aliases of older builds', async () => {
  const [id] = [await newProduct(service, 5), await newProduct(service, 5)]
  const product = { id: 'product_id', commodity_id: 'product_id' }
  for (const [who, path] of [
    [diner, '/exchange/products'],
    [staff, '/merchant/products'],
  ] as const) {
    const goods = await hears(
      who,
      [path, 'GET', { limit: 1 }],
      [...names('products.0.', product), ...page, ['page', 'pagination.page']],
    )
    expect([goods.has_more, goods.total]).toEqual([true, 2])
    const [row] = await service.database.query<{ created_at: Date }>(
      'SELECT created_at FROM products WHERE commodity_id = ?',
      [goods.products[0].id],
    )
    expect(goods.products[0].created_time).toBe(row?.created_at.toISOString())
    expect((await hears(who, [path, 'GET'], [])).has_more).toBe(false)
  }
  const order = { points_cost: 'total_points', order_no: 'exchange_id', order_id: 'exchange_id' }
  const { exchange_id } = await hears(diner, ['/exchange/submit', 'POST', { product_id: id }], names('', order))
  await hears(diner, ['/exchange/orders', 'GET'], [...names('orders.0.', order), ['records', 'orders'], ...page])
  await hears(diner, [`/exchange/orders/${exchange_id}/cancel`, 'POST'], names('', order))
  const fields = { name: '新品', category: '热菜', exchange_points: 10, image: '/images/new.jpg' }
  const made = await hears(staff, ['/merchant/products', 'POST', fields], names('', product))
  expect(made.image).toBe(`${service.url}/images/new.jpg`)
  await hears(staff, [`/merchant/products/${made.id}`, 'PUT', { name: '旧品' }], names('', product))
  await hears(
    staff,
    ['/merchant/products/batch-update', 'POST', { products: [{ product_id: made.id, is_hot: true }] }],
    names('products.0.', product),
  )
  await hears(
    staff,
    ['/merchant/products/batch', 'PUT', { product_ids: [made.id], is_hot: false }],
    names('products.0.', product),
  )
  await hears(
    staff,
    [`/merchant/products/${made.id}/stock`, 'POST', { change: 3, operation: 'RESTOCK' }],
    names('', product),
  )
  await hears(
    staff,
    ['/merchant/product-stats', 'GET'],
    names('', {
      activeCount: 'active_count',
      offlineCount: 'inactive_count',
      lowStockCount: 'low_stock_count',
      totalCount: 'total_count',
    }),
  )
  const [more] = [await newProduct(service, 5)]
  await hears(staff, [`/merchant/products/${made.id}`, 'DELETE'], names('', product))
  await hears(staff, ['/merchant/products/batch', 'DELETE', { product_ids: [more] }], names('products.0.', product))
})

test('answers about uploads and reviews have the aliases of older builds', async () => {
  const upload = {
    id: 'upload_id',
    status: 'review_status',
    uploaded_at: 'created_at',
    upload_time: 'created_at',
    points_earned: 'points_awarded',
    amount: 'input_amount',
  }
  const ids = [await newUpload(service, diner), await newUpload(service, diner)]
  const statuses = {
    total_count: 'total',
    total_uploads: 'total',
    total_points: 'total_points_awarded',
    pending_count: 'pending',
    approved_count: 'approved',
    approved_uploads: 'approved',
    rejected_count: 'rejected',
  }
  const review = {
    id: 'upload_id',
    status: 'review_status',
    amount: 'input_amount',
    expected_points: 'estimated_points',
    suggested_points: 'estimated_points',
    user_info: 'user',
    user_phone: 'user.mobile',
    user_name: 'user.nickname',
    uploaded_at: 'created_at',
    upload_time: 'created_at',
  }
  const avatars = names('reviews.0.user.', { avatar_url: 'avatar', avatarUrl: 'avatar' })
  const lists: Expected = [['list', 'reviews'], ['pending_reviews', 'reviews'], ...page]
  const pending = await hears(
    staff,
    ['/merchant/pending-reviews', 'GET', { limit: 1 }],
    [...names('reviews.0.', review), ...avatars, ...lists],
  )
  expect([pending.has_more, pending.list[0].user_phone]).toEqual([true, expect.stringContaining('****')])
  const batch = await hears(
    staff,
    ['/merchant/batch-review', 'POST', { upload_ids: [ids[0], 'UP_X'], action: 'approve' }],
    [],
  )
  expect([batch.success_count, batch.failed_count, batch.processed, batch.successful, batch.failed]).toEqual([
    1, 1, 2, 1, 1,
  ])
  await hears(staff, ['/merchant/review', 'POST', { upload_id: ids[1], action: 'reject' }], [])
  await hears(staff, ['/merchant/reviews/history', 'GET'], [...names('reviews.0.', review), ...lists])
  const history = await hears(
    diner,
    ['/photo/history', 'GET'],
    [...names('records.0.', upload), ['list', 'records'], ['history', 'records'], ...page],
  )
  expect([history.has_more, history.list.map(({ status }: { status: string }) => status).sort()]).toEqual([
    false,
    ['approved', 'rejected'],
  ])
  await hears(diner, [`/photo/review/${ids[0]}`, 'GET'], names('', upload))
  await hears(diner, ['/photo/statistics', 'GET'], names('', statuses))
  const figures = await hears(
    staff,
    ['/merchant/statistics', 'GET', { period: 'week' }],
    [
      ...names('', {
        pending_count: 'pending',
        total_processed: 'reviewed.total',
        total: 'reviewed.total',
        approved: 'reviewed.approved',
        rejected: 'reviewed.rejected',
      }),
      ['review_stats.approved', 'reviewed.approved'],
      ['review_stats.pending', 'pending'],
      ['today_approved', 'series.6.approved'],
      ['today_rejected', 'series.6.rejected'],
    ],
  )
  expect([figures.today_approved, figures.today_rejected]).toEqual([1, 1])
  const bytes = await jpegOf(picture(654))
  const sent = (
    await phone.uploadFile(
      '/photo/upload',
      { name: 'image', bytes, formData: { amount: '9.90' } },
      { token: diner.token },
    )
  ).data.data
  expect([sent.id, sent.status, sent.amount]).toEqual([sent.upload_id, 'pending', '9.90'])
  uses = await allUses(service)
})
