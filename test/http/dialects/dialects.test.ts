import { afterAll, afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { openPhoto } from '../../../src/receipts/photo/photo.ts'
import { jpegOf, picture } from '../../support/images.ts'
import { allUses, type Phone, phoneOf, usesOf, type WxAnswer, type WxOptions } from '../../support/mini-program.ts'
import { givePoints, newPhone, newProduct, type Person, signIn, signInMerchant } from '../../support/people.ts'
import { useService } from '../../support/service.ts'
import { newUpload } from '../../support/uploads.ts'

const service = useService({ DIALECTS: 'on' })
let phone: Phone
let diner: Person
let staff: Person

let uses = new Map<string, number>()
afterEach(async () => {
  uses = await allUses(service)
})
afterAll(() => {
  const elsewhere =
    / > |^socket|^retry|lottery[/-](config|probabilities|reset)|reset-lottery|api\/merchant\/product-batch$/
  const unmet = [...uses].filter(([alias, count]) => !elsewhere.test(alias) && count === 0)
  expect(unmet.map(([alias]) => alias)).toEqual([])
})
beforeEach(async () => {
  phone = phoneOf(service)
  diner = await signIn(service)
  staff = await signInMerchant(service)
})

const call = (path: string, options: WxOptions = {}) => phone.request(path, { token: diner.token, ...options })
const post = (path: string, data: Record<string, unknown>, options: WxOptions = {}) =>
  call(path, { method: 'POST', data, ...options })
const get = (path: string, data: Record<string, unknown> = {}, options: WxOptions = {}) =>
  call(path, { data, ...options })
const asStaff = () => ({ token: staff.token })
const codeOf = ({ data, header }: WxAnswer) => [data.code, Number(header.get('X-Api-Code'))]

describe('paths of older builds', () => {
  test.each([
    ['/auth/verify', '/auth/verify-token', 'diner'],
    ['/user/profile', '/user/info', 'diner'],
    ['/user/points-records', '/user/points/records', 'diner'],
    ['/user/points-history', '/user/points/records', 'diner'],
    ['/points/details', '/user/points/records', 'diner'],
    ['/points/statistics', '/user/points/statistics', 'diner'],
    ['/exchange/records', '/exchange/orders', 'diner'],
    ['/exchange/products/sync', '/exchange/products', 'diner'],
    ['/exchange/statistics', '/user/statistics', 'diner'],
    ['/photo/records', '/photo/history', 'diner'],
    ['/upload/records', '/photo/history', 'diner'],
    ['/merchant/reviews/pending', '/merchant/pending-reviews', 'staff'],
    ['/merchant/lottery-stats', '/merchant/lottery/stats', 'staff'],
  ])('%s answers like %s', async (alias, path, who) => {
    const token = who === 'staff' ? staff.token : diner.token
    const before = await usesOf(service, `/api${alias}`)
    const [own, theirs] = [await call(path, { token }), await call(`${alias}?unknown=1`, { token })]
    expect(theirs.data.code).toBe(0)
    expect(theirs.data).toEqual({
      ...own.data,
      data: { ...own.data.data, ...(path.includes('verify') ? theirs.data.data : {}) },
    })
    expect(await usesOf(service, `/api${alias}`)).toBe(before + 1)
    expect(codeOf(await phone.request(alias))).toEqual([401, 2001])
    if (who === 'staff') expect(codeOf(await call(alias))).toEqual([2005, 2005])
  })

  test.each([
    ['/exchange/redeem', 'POST'],
    ['/upload', 'POST'],
    ['/upload/photo', 'POST'],
    ['/user/profile', 'GET, HEAD, PUT'],
    ['/merchant/lottery-config', 'GET, HEAD, PUT'],
    ['/merchant/lottery/config', 'GET, HEAD, PUT'],
    ['/merchant/lottery-probabilities', 'POST'],
    ['/merchant/lottery/probabilities', 'POST'],
    ['/merchant/reset-lottery-probabilities', 'POST'],
    ['/merchant/lottery/reset-probabilities', 'POST'],
    ['/user/points/today-trend', 'GET, HEAD'],
    ['/merchant/apply', 'POST'],
    ['/health', 'GET, HEAD'],
  ])('%s has the methods %s and refuses others', async (path, methods) => {
    const answer = await call(path, { method: 'DELETE' })
    expect([answer.statusCode, answer.data.code, answer.header.get('Allow')]).toEqual([405, 9003, methods])
    expect((await call(`${path}/`)).statusCode).toBe(404)
  })

  test('/merchant/products/batch has the methods PUT and DELETE and refuses others', async () => {
    const answer = await post('/merchant/products/batch', {})
    expect([answer.statusCode, answer.data.code, answer.header.get('Allow')]).toEqual([405, 9003, 'PUT, DELETE'])
  })

  test('PUT of /user/profile changes the profile', async () => {
    const { data } = await call('/user/profile', { method: 'PUT', data: { nickname: '小明' } })
    expect(data.data.user_info.nickname).toBe('小明')
  })

  test('/health answers anybody in the words of older builds', async () => {
    const { statusCode, data } = await phone.request('/health')
    expect(statusCode).toBe(200)
    expect(Object.keys(data)).toEqual(['status', 'timestamp'])
    expect(data.status).toBe('ok')
    expect(new Date(data.timestamp).toISOString()).toBe(data.timestamp)
  })

  test.each(['/merchant/apply', '/merchant/auth'])('%s makes nobody a merchant', async (path) => {
    const answer = await post(path, { is_merchant: true, business: '面馆' })
    expect(answer.statusCode).toBe(200)
    expect(codeOf(answer)).toEqual([2005, 2005])
    expect(answer.data.msg).toContain('店长')
    expect(codeOf(await phone.request(path, { method: 'POST' }))).toEqual([401, 2001])
    expect((await get('/user/status')).data.data.is_merchant).toBe(false)
  })
})

describe('requests', () => {
  const code = '123456'
  test.each([
    ['mobile', { code }],
    ['phone', { verify_code: code }],
    ['phone', { verification_code: code }],
  ])('a login with %s and %p signs in', async (name, rest) => {
    const { data } = await phone.request('/auth/login', { method: 'POST', data: { [name]: newPhone(), ...rest } })
    expect(data.code).toBe(0)
    expect(data.data.user_info.is_admin).toBe(false)
  })

  test('a code is sent to a mobile, and wrong values are refused as without the alias', async () => {
    const send = (data: Record<string, unknown>) => phone.request('/auth/send-code', { method: 'POST', data })
    expect(codeOf(await send({ mobile: newPhone() }))).toEqual([0, 0])
    for (const mobile of ['1', null, 13_800_138_000, ['13800138000'], {}])
      expect(codeOf(await send({ mobile }))).toEqual([1001, 1001])
    const login = (data: Record<string, unknown>) => phone.request('/auth/login', { method: 'POST', data })
    expect(codeOf(await login({ mobile: newPhone(), verify_code: '1' }))).toEqual([1002, 1002])
    expect(codeOf(await login({ mobile: newPhone(), phone: 'x', code }))).toEqual([1001, 1001])
  })

  test('a refresh token is accepted as refreshToken, and as Bearer without a body', async () => {
    const body = await phone.request('/auth/refresh', { method: 'POST', data: { refreshToken: diner.refreshToken } })
    expect(body.data.code).toBe(0)
    const bearer = await fetch(`${service.url}/api/auth/refresh`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${body.data.data.refresh_token}` },
    })
    expect(((await bearer.json()) as { code: number }).code).toBe(0)
  })

  test.each([
    ['单抽', 1],
    ['三连抽', 3],
    ['五连抽', 5],
    ['十连抽', 10],
    ['SINGLE', 1],
    ['Ten', 10],
  ])('the draw type %s draws %i times', async (label, count) => {
    for (const field of ['draw_type', 'type']) {
      await givePoints(service, diner, 1_000)
      const { data } = await post('/lottery/draw', { [field]: label, count })
      expect([data.code, data.data.results.length, data.data.count]).toEqual([0, count, count])
    }
  })

  test.each(['百连抽', '单 抽', 'ſingle', null, 1, [['单抽']], { a: 1 }])(
    'a draw of %p is refused, whatever its field is called',
    async (label) => {
      for (const field of ['draw_type', 'type'])
        expect(codeOf(await post('/lottery/draw', { [field]: label }))).toEqual([3004, 3004])
    },
  )

  test('the contract’s own name wins over an alias', async () => {
    expect((await post('/lottery/draw', { draw_type: 'single', type: '十连抽' })).data.data.count).toBe(1)
    expect(codeOf(await post('/lottery/draw', { draw_type: null, type: '单抽' }))).toEqual([3004, 3004])
  })

  test('records of draws can be filtered by type and paged in the words of older builds', async () => {
    await post('/lottery/draw', { type: '三连抽' })
    await post('/lottery/draw', { type: '单抽' })
    const list = async (query: Record<string, unknown>) =>
      (await get('/lottery/records', query)).data.data.records.length
    expect(await list({ type: 'all', page_size: 2 })).toBe(2)
    expect(await list({ type: '三连抽' })).toBe(3)
    expect(await list({ draw_type: 'SINGLE' })).toBe(1)
    expect(codeOf(await get('/lottery/records', { page_size: 101 }))).toEqual([9000, 9000])
    expect(codeOf(await get('/lottery/records', { page_size: 0, limit: 0 }))).toEqual([9000, 9000])
  })

  test.each(['commodity_id', 'id', 'product_id'])('an exchange may name its product by %s', async (name) => {
    const id = await newProduct(service, 5)
    expect((await post('/exchange/redeem', { [name]: id })).data.data.product_id).toBe(id)
    for (const bad of ['1', -1, 1.5, null])
      expect(codeOf(await post('/exchange/redeem', { [name]: bad }))).toEqual([4001, 4001])
  })

  test('products can be sorted in the words of older builds', async () => {
    for (const [name, exchange_points, stock, rating] of [
      ['甲', 30, 1, 4],
      ['乙', 10, 9, 3],
      ['丙', 20, 5, 5],
    ] as const)
      await newProduct(service, stock, { name, exchange_points, rating })
    const names = async (query: Record<string, unknown>) =>
      (await get('/exchange/products', query)).data.data?.products.map((one: { name: string }) => one.name).join('')
    const sorts = {
      points: '乙丙甲',
      'points-asc': '乙丙甲',
      'points-desc': '甲丙乙',
      'stock-desc': '乙丙甲',
      'rating-desc': '丙甲乙',
      'POINTS-DESC': '甲丙乙',
      default: '甲乙丙',
    }
    for (const [sort, order] of Object.entries(sorts))
      expect([sort, await names({ sort, category: 'all', page_size: 20 })]).toEqual([sort, order])
    expect(await names({ sort: 'points', sort_order: 'DESC' })).toBe('甲丙乙')
    expect(await names({ sort: 'points-desc', sort_by: 'stock', sort_order: 'asc' })).toBe('甲丙乙')
    expect(await names({ sort_by: 'STOCK', stock_status: 'IN_STOCK', page_size: 1 })).toBe('甲')
    for (const bad of [{ sort: 'bogus' }, { sort: 'points;' }, { sort_by: 'bogus' }, { page_size: 'x' }])
      expect(codeOf(await get('/exchange/products', bad))).toEqual([9000, 9000])
  })

  test('a filter of all, or an empty one, means the same as no filter', async () => {
    await post('/exchange/redeem', { id: await newProduct(service, 5) })
    expect((await get('/exchange/records', { status: 'all', page_size: 20 })).data.data.records).toHaveLength(1)
    expect((await get('/exchange/records', { status: 'PENDING' })).data.data.records).toHaveLength(1)
    expect(codeOf(await get('/exchange/records', { status: 'shipped' }))).toEqual([9000, 9000])
    const ledger = async (query: Record<string, unknown>) =>
      (await get('/user/points-records', { page_size: 20, ...query })).data.data?.records.length
    expect([
      await ledger({ type: 'all', source: '' }),
      await ledger({ type: 'consume' }),
      await ledger({ type: 'CONSUME' }),
      await ledger({ type: 'EARN' }),
      await ledger({ source: 'EXCHANGE' }),
    ]).toEqual([2, 1, 1, 1, 1])
    expect(codeOf(await get('/user/points-records', { type: 'consumed' }))).toEqual([9000, 9000])
    expect((await get('/photo/history', { status: 'all', page_size: 10, force_refresh: false })).data.code).toBe(0)
    expect((await get('/merchant/pending-reviews', { status: 'all', page_size: 10 }, asStaff())).data.code).toBe(0)
    for (const period of ['all', 'WEEK'])
      expect((await get('/merchant/statistics', { period }, asStaff())).data.data.period).toBe(
        period === 'all' ? 'today' : 'week',
      )
    expect(codeOf(await get('/merchant/statistics', { period: 'year' }, asStaff()))).toEqual([9000, 9000])
  })

  test('staff edit products by their ids, with offline, links as they were answered, and empty images', async () => {
    const made = await post(
      '/merchant/products',
      { name: '新品', category: '热菜', exchange_points: 10, image: '' },
      asStaff(),
    )
    const { id } = made.data.data
    expect(made.data.data).toMatchObject({ product_id: id, commodity_id: id, image: null })
    const image = `${service.url}/images/x.jpg`
    const put = (data: Record<string, unknown>) =>
      call(`/merchant/products/${id}`, { method: 'PUT', data, ...asStaff() })
    expect((await put({ status: 'offline', image })).data.data).toMatchObject({ status: 'inactive', image, id })
    expect(codeOf(await put({ image: 'ftp://elsewhere/x.jpg' }))).toEqual([6009, 6009])
    for (const kept of ['wxfile://tmp_4711.jpg', 'http://tmp/4711.jpg', 'http://usr/4711.jpg']) {
      const { data } = await put({ image: kept, name: `新品 ${kept.length}` })
      expect([data.code, data.data.image, data.data.name]).toEqual([0, image, `新品 ${kept.length}`])
    }
    const batch = (products: object[]) => post('/merchant/products/batch-update', { products }, asStaff())
    expect((await batch([{ commodity_id: id, status: 'ACTIVE' }])).data.data.products[0]).toMatchObject({
      id,
      status: 'active',
    })
    expect((await batch([{ id, status: 'Offline' }])).data.data.products[0].status).toBe('inactive')
    expect(codeOf(await batch([{ id: 0, status: 'offline' }]))).toEqual([6009, 6009])
    const list = { category: 'all', status: 'all', page_size: 20, sort_by: 'sort_order', sort_order: 'ASC' }
    expect((await get('/merchant/products', list, asStaff())).data.data.products[0].id).toBe(id)
    expect((await get('/merchant/products', { status: 'offline' }, asStaff())).data.data.products).toHaveLength(1)
    expect((await get('/merchant/product-stats', {}, asStaff())).data.data).toMatchObject({
      activeCount: 0,
      offlineCount: 1,
      lowStockCount: 0,
      totalCount: 1,
    })
  })
})

test('every list and editor accepts the remaining aliases', async () => {
  const id = await newProduct(service, 5)
  const ours = `${service.url}/images/x.jpg`
  const made = { name: '新品', category: '热菜', exchange_points: 10, status: 'OFFLINE', image: ours }
  const upload_id = await newUpload(service, diner)
  const reviews = [{ upload_id, action: 'REJECTED', points: 0 }]
  const asked: [path: string, method: 'GET' | 'POST' | 'PUT', data: Record<string, unknown>][] = [
    ['/lottery/records', 'GET', { type: '单抽' }],
    ['/lottery/records', 'GET', { type: '五连抽' }],
    ['/lottery/records', 'GET', { type: '十连抽', prize_type: 'POINTS' }],
    ['/merchant/products', 'GET', { status: 'ACTIVE', stock_status: 'LOW_STOCK' }],
    ['/merchant/products', 'POST', made],
    [`/merchant/products/${id}`, 'PUT', { status: 'ACTIVE', image: '' }],
    ['/merchant/products/batch-update', 'POST', { products: [{ id, image: ours }] }],
    ['/merchant/products/batch-update', 'POST', { products: [{ id, image: '' }] }],
    [`/merchant/products/${id}/stock`, 'POST', { change: 1, operation: 'RESTOCK' }],
    ['/photo/history', 'GET', { status: 'PENDING' }],
    ['/merchant/pending-reviews', 'GET', { status: 'PENDING' }],
    ['/merchant/reviews/history', 'GET', { page_size: 5, status: 'all' }],
    ['/merchant/reviews/history', 'GET', { status: 'APPROVED' }],
    ['/merchant/batch-review', 'POST', { reviews }],
  ]
  for (const [path, method, data] of asked) {
    const answer = await call(path, { method, data, ...asStaff() })
    expect([path, answer.data.code]).toEqual([path, 0])
  }
  const products = (await get('/merchant/products', {}, asStaff())).data.data.products
  expect(products.map((one: { image: string | null }) => one.image)).toEqual([null, ours])
})

describe('reviews', () => {
  const review = (data: Record<string, unknown>) => post('/merchant/review', data, asStaff())

  test.each([
    ['upload_id', { action: 'approved', amount: 0, review_reason: '清楚' }, 'approve', 885],
    ['review_id', { action: 'APPROVE', amount: '0.00' }, 'approve', 885],
    ['id', { action: 'approved', amount: 10 }, 'approve', 100],
    ['review_id', { action: 'approve', points: 0 }, 'approve', 0],
    ['id', { action: 'rejected', points: 0, amount: 0, review_reason: '看不清' }, 'reject', 0],
    ['upload_id', { action: 'reject', amount: 0, reason: '看不清' }, 'reject', 0],
  ])('a review by %s with %p is accepted', async (name, decision, action, points) => {
    const upload_id = await newUpload(service, diner)
    expect((await review({ [name]: upload_id, ...decision })).data.data).toMatchObject({
      upload_id,
      action,
      points_awarded: points,
    })
    const [row] = await service.database.query<{ review_reason: string }>('SELECT review_reason FROM upload_reviews')
    expect(row?.review_reason).toBe(
      'review_reason' in decision ? decision.review_reason : 'reason' in decision ? decision.reason : '审核通过',
    )
  })

  test('wrong reviews are refused as without aliases, and decide nothing', async () => {
    const upload_id = await newUpload(service, diner)
    const bad = [
      { action: 'approveds' },
      { action: 'approved', amount: -1 },
      { action: 'approved', amount: 0.001 },
      { action: 'reject', points: -1 },
      { action: 'approved', review_reason: 'x'.repeat(201) },
    ]
    for (const decision of bad)
      expect(codeOf(await review({ review_id: upload_id, ...decision }))).toEqual([6001, 6001])
    expect(codeOf(await review({ review_id: upload_id, action: 'approved', points: 99_999 }))).toEqual([6005, 6005])
    expect(codeOf(await review({ id: 'UP_NONE', action: 'approved' }))).toEqual([6003, 6003])
    const own = await newUpload(service, staff)
    expect(codeOf(await review({ id: own, action: 'approved' }))).toEqual([6008, 6008])
    expect(codeOf(await post('/merchant/review', { id: upload_id, action: 'approved' }))).toEqual([2005, 2005])
  })

  test.each(['upload_ids', 'review_ids'])('a batch by %s makes one decision for all of them', async (name) => {
    const ids = [await newUpload(service, diner), await newUpload(service, diner), 'UP_NONE']
    const { data } = await post(
      '/merchant/batch-review',
      { [name]: ids, action: 'approved', reason: '批量' },
      asStaff(),
    )
    expect(data.data).toMatchObject({ success_count: 2, failed_count: 1, processed: 3, successful: 2, failed: 1 })
    expect(data.data.results.map((one: { upload_id: string }) => one.upload_id)).toEqual(ids)
    for (const wrong of ['UP_X', [], {}, Array(101).fill('UP_X'), null]) {
      expect(codeOf(await post('/merchant/batch-review', { [name]: wrong, action: 'approved' }, asStaff()))).toEqual([
        6001, 6001,
      ])
    }
    expect(codeOf(await post('/merchant/batch-review', { [name]: ids }, asStaff()))).toEqual([6001, 6001])
  })

  test('a batch by ids copies only a decision’s fields, and does not expand a list that is too long', async () => {
    const chaff = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, 1]))
    const body = { ...chaff, action: 'approve', upload_ids: Array(5_000).fill(1) }
    const before = process.memoryUsage.rss()
    expect(codeOf(await post('/merchant/batch-review', body, asStaff()))).toEqual([6001, 6001])
    expect(process.memoryUsage.rss() - before).toBeLessThan(300_000_000)
  })

  test('a batch may have its own decision, amount and reason for each upload', async () => {
    const [a, b, c] = [
      await newUpload(service, diner),
      await newUpload(service, diner),
      await newUpload(service, diner),
    ]
    const reviews = [
      { upload_id: a, action: 'approve', amount: '10.00', review_reason: '甲' },
      { review_id: b, action: 'rejected', amount: 0, review_reason: '乙' },
      { id: c, action: 'APPROVED', amount: 0 },
    ]
    const { data } = await post('/merchant/batch-review', { reviews, upload_ids: ['UP_X'] }, asStaff())
    expect(data.data.results.map((one: { points_awarded: number }) => one.points_awarded)).toEqual([100, 0, 885])
    expect(codeOf(await post('/merchant/batch-review', { reviews: [7, null] }, asStaff()))).toEqual([6001, 6001])
  })
})

describe('uploads', () => {
  let bytes: Uint8Array<ArrayBuffer>
  let seed = 500
  beforeEach(async () => {
    seed += 1
    bytes = await jpegOf(picture(seed))
  })

  test.each([
    ['/photo/upload', 'image', { amount: '88.5' }],
    ['/upload', 'file', { user_amount: '88.5' }],
    ['/upload/photo', 'photo', { user_amount: '88.5' }],
  ])('%s accepts a file named %s, %p and the token in the form', async (path, name, amounts) => {
    const answer = await phone.uploadFile(path, { name, bytes, formData: { ...amounts, access_token: diner.token } })
    expect(answer.statusCode).toBe(200)
    const { data } = answer.data
    expect(data).toMatchObject({ id: data.upload_id, status: 'pending', amount: '88.50', input_amount: '88.50' })
    expect((await fetch(data.image_url)).status).toBe(200)
  })

  test('the header’s token takes precedence over the form’s, which only uploads accept', async () => {
    const formData = { amount: '1', access_token: diner.token }
    const header = { Authorization: 'Bearer nonsense' }
    expect(codeOf(await phone.uploadFile('/upload', { name: 'file', bytes, formData }, { header }))).toEqual([
      401, 2002,
    ])
    for (const access_token of ['', 'nonsense', diner.refreshToken]) {
      expect(
        (await phone.uploadFile('/upload', { name: 'file', bytes, formData: { amount: '1', access_token } })).data.code,
      ).toBe(401)
    }
    expect(codeOf(await phone.uploadFile('/upload', { name: 'file', bytes, formData: { amount: '1' } }))).toEqual([
      401, 2001,
    ])
    expect(codeOf(await phone.uploadFile('/user/avatar', { name: 'avatar', bytes, formData }))).toEqual([401, 2001])
    const elsewhere = [
      ['/lottery/draw', 'POST', { draw_type: 'single' }],
      ['/user/info', 'GET', {}],
    ] as const
    for (const [path, method, data] of elsewhere) {
      expect(codeOf(await phone.request(path, { method, data: { ...data, access_token: diner.token } }))).toEqual([
        401, 2001,
      ])
    }
    expect((await get('/photo/history')).data.data.records).toEqual([])
  })

  test.each([
    ['2.2.0', 'photo', 0],
    ['2.2.0', 'image', 0],
    ['2.1.4', 'photo', 0],
    ['', 'photo', 0],
    ['2.1.4', 'image', 5002],
    ['', 'file', 5002],
  ])('from version %p, a file named %s without an amount is answered with %i', async (version, name, code) => {
    const header: Record<string, string> = version ? { 'X-Client-Version': version } : {}
    const upload = (formData: Record<string, string>) =>
      phone.uploadFile('/photo/upload', { name, bytes, formData }, { token: diner.token, header })
    expect((await upload({ user_amount: '-1' })).data.code).toBe(5002)
    if (!version) expect((await upload({ user_amount: '' })).data.code).toBe(5002)
    const answer = await upload({})
    expect(answer.data.code).toBe(code)
    if (code === 0) expect(answer.data.data).toMatchObject({ input_amount: null, amount: '0.00' })
  })

  test('of two files the one with the contract’s name is preferred, whichever comes first', async () => {
    const other = await jpegOf(picture(seed + 10_000))
    const digests = await Promise.all([bytes, other].map(async (sent) => (await openPhoto(sent)).sha256))
    for (const [names, kept] of [
      [['photo', 'image'], 1],
      [['file', 'photo'], 1],
      [['image', 'file'], 0],
    ] as const) {
      const form = new FormData()
      form.append('amount', '1')
      form.append(names[0], new Blob([bytes]), 'a.jpg')
      form.append(names[1], new Blob([other]), 'b.jpg')
      await fetch(`${service.url}/api/upload`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${diner.token}` },
        body: form,
      })
      const [row] = await service.database.query<{ image_sha256: string }>('SELECT image_sha256 FROM upload_reviews')
      expect(row?.image_sha256).toBe(digests[kept] as string)
      await service.database.query('DELETE FROM upload_reviews')
    }
  })
})

describe('batches of products, pictures and queries', () => {
  const ids = async (count: number) => Promise.all(Array.from({ length: count }, () => newProduct(service, 5)))
  const batch = (method: 'PUT' | 'DELETE', data: Record<string, unknown>, options: WxOptions = asStaff()) =>
    call('/merchant/products/batch', { method, data, ...options })

  test.each([
    ['beside the ids', (product_ids: number[]) => ({ product_ids, status: 'OFFLINE', name: '同名', evil: 1 })],
    ['in updates', (product_ids: number[]) => ({ product_ids, updates: { status: 'offline', name: '同名', evil: 1 } })],
    ['for each id', (ids: number[]) => ({ updates: ids.map((id) => ({ id, status: 'offline', name: '同名' })) })],
  ])('many products are edited at once, with the fields %s', async (_, bodyOf) => {
    const [a = 0, b = 0, other = 0] = await ids(3)
    const { data } = await batch('PUT', bodyOf([a, b]))
    expect([data.code, data.data?.products.map((one: { id: number }) => one.id)]).toEqual([0, [a, b]])
    const stored = await service.database.query('SELECT commodity_id, name, status FROM products ORDER BY commodity_id')
    expect(stored).toMatchObject([
      { commodity_id: a, name: '同名', status: 'inactive' },
      { commodity_id: b, name: '同名', status: 'inactive' },
      { commodity_id: other, name: '测试商品', status: 'active' },
    ])
  })

  test('many products are deleted at once, all or none', async () => {
    const [a = 0, b = 0, c = 0] = await ids(3)
    expect(codeOf(await batch('DELETE', { product_ids: [a, 999_999] }))).toEqual([4002, 4002])
    const { data } = await batch('DELETE', { product_ids: [a, b] })
    expect(data.data.products.map((one: { id: number }) => one.id)).toEqual([a, b])
    const left = (await get('/merchant/products', {}, asStaff())).data.data.products
    expect(left.map((one: { id: number }) => one.id)).toEqual([c])
  })

  test('a malformed or too long list is refused with 6009, and callers who are not staff with 2005', async () => {
    for (const method of ['PUT', 'DELETE'] as const) {
      for (const product_ids of [[], ['x'], [1, 1], Array(101).fill(1), 'all', null])
        expect(codeOf(await batch(method, { product_ids, status: 'offline' }))).toEqual([6009, 6009])
      expect(codeOf(await batch(method, { product_ids: [1] }, {}))).toEqual([2005, 2005])
    }
  })

  test.each(['wxfile://tmp_1.jpg', 'http://tmp/1.jpg', 'HTTP://tmp/1.jpg'])(
    'the picture link %s, which is only on the phone, is dropped, and the other fields are saved',
    async (link) => {
      const profile = await call('/user/info', { method: 'PUT', data: { nickname: '小红', avatar: link } })
      expect(profile.data.data.user_info).toMatchObject({ nickname: '小红', avatar: null })
      const fields = { name: '新品', category: '热菜', exchange_points: 10, image: link }
      const made = (await post('/merchant/products', fields, asStaff())).data.data
      expect(made).toMatchObject({ name: '新品', image: null })
      const products = [{ id: made.id, is_hot: true, image: link }]
      const edited = await post('/merchant/products/batch-update', { products }, asStaff())
      expect(edited.data.data.products[0]).toMatchObject({ is_hot: true, image: null })
      const many = await batch('PUT', { product_ids: [made.id], updates: { image: link, sort_order: 3 } })
      expect(many.data.data.products[0]).toMatchObject({ sort_order: 3, image: null })
      const ours = `${service.url}/images/x.jpg`
      const shown = await batch('PUT', { updates: [{ commodity_id: made.id, image: ours }] })
      expect(shown.data.data.products[0].image).toBe(ours)
      const none = await batch('PUT', { product_ids: [made.id], image: '' })
      expect(none.data.data.products[0].image).toBeNull()
    },
  )

  test('a link to an avatar elsewhere is dropped, the other fields are saved, and a stored one stays', async () => {
    const { userId, token } = await signIn(service)
    const save = async (avatar: string, nickname: string) =>
      (await phone.request('/user/info', { method: 'PUT', token, data: { avatar, nickname } })).data
    const links = ['https://thirdwx.qlogo.cn/mmopen/132', 'https://tmp.example.com/x.jpg', 'HTTP://evil.example/a"b']
    for (const [i, link] of links.entries()) {
      const before = await usesOf(service, 'PUT /api/user/info < avatar elsewhere')
      const { code, data } = await save(link, `名${i}`)
      expect([code, data.user_info.avatar, data.user_info.nickname]).toEqual([0, null, `名${i}`])
      expect(await usesOf(service, 'PUT /api/user/info < avatar elsewhere')).toBe(before + 1)
    }
    const stored = 'https://thirdwx.qlogo.cn/mmopen/96'
    await service.database.query('UPDATE users SET avatar = ? WHERE user_id = ?', [stored, userId])
    for (const link of [stored, links[0] ?? '']) expect((await save(link, '名')).data.user_info.avatar).toBe(stored)
    const own = `${service.url}/avatars/${userId}-A1.jpg`
    expect((await save(own, '名')).data.user_info.avatar).toBe(own)
    expect((await save(`${service.url}/avatars/${userId}0-A1.jpg`, '名')).code).toBe(9000)
  })

  test('undefined, null and empty values in a query count as missing', async () => {
    await post('/exchange/redeem', { id: await newProduct(service, 5) })
    const nothing = {
      _t: 1_793_000_000_000,
      force_refresh: true,
      status: 'undefined',
      page: 'null',
      page_size: 'undefined',
    }
    for (const path of ['/exchange/records', '/photo/history', '/lottery/records', '/user/points/records']) {
      const bare = await get(path)
      const told = await get(path, { ...nothing, type: 'undefined', source: '' })
      expect([path, told.data]).toEqual([path, bare.data])
    }
    const goods = { ...nothing, category: 'undefined', sort: 'undefined', min_points: '', stock_status: '' }
    expect((await get('/exchange/products', goods)).data.data.total).toBe(1)
    expect((await get('/merchant/products', { ...nothing, keyword: 'undefined' }, asStaff())).data.data.total).toBe(1)
    expect((await get('/merchant/statistics', { period: 'undefined' }, asStaff())).data.data.period).toBe('today')
    expect(codeOf(await get('/exchange/records', { status: 'undefined!' }))).toEqual([9000, 9000])
  })

  test.each([
    '/trade/orders',
    '/market/items',
    '/market/trade/list',
    '/auth/admin-login',
    '/admin/login',
    '/auth/admin/login',
    '/v4/user/info',
    '/v4/auth/login',
  ])('%s is a path of another service and is 404', async (path) => {
    for (const method of ['GET', 'POST'] as const)
      expect((await call(path, { method, token: staff.token })).statusCode).toBe(404)
  })
})

describe('codes', () => {
  test('2001 and 2002 are sent as 401, and X-Api-Code has the true code', async () => {
    expect(codeOf(await phone.request('/user/info'))).toEqual([401, 2001])
    const answer = await phone.request('/user/info', { token: 'nonsense' })
    expect(codeOf(answer)).toEqual([401, 2002])
    expect([answer.statusCode, answer.data.message]).toEqual([200, answer.data.msg])
  })

  test('only clients of version 2.x get 4015 instead of 4005', async () => {
    const id = await newProduct(service, 5, { exchange_points: 5_000 })
    const buy = (version?: string) =>
      post('/exchange/redeem', { id }, { header: version ? { 'X-Client-Version': version } : {} })
    expect([
      codeOf(await buy('2.2.0')),
      codeOf(await buy('2.1.4')),
      codeOf(await buy('1.0.0')),
      codeOf(await buy('12.2.0')),
      codeOf(await buy()),
    ]).toEqual([
      [4015, 4005],
      [4015, 4005],
      [4005, 4005],
      [4005, 4005],
      [4005, 4005],
    ])
  })

  test('the sentence of 3002 names the points that are needed, because builds read them from it', async () => {
    await givePoints(service, diner, -950)
    const { data } = await post('/lottery/draw', { draw_type: '三连抽' })
    expect([data.code, Number(/需要\s*(\d+)\s*积分/.exec(data.msg)?.[1]), data.message]).toEqual([3002, 300, data.msg])
    expect(data.data).toEqual({ required: 300, current: 50, shortage: 250 })
  })

  test('every envelope has message as well as msg', async () => {
    const answers = [
      await get('/user/info'),
      await get('/nowhere'),
      await post('/lottery/draw', { type: 'x' }),
      await call('/lottery/draw', { method: 'PUT' }),
    ]
    for (const { data } of answers) expect(data.message).toBe(data.msg)
  })
})

test('each use is counted by its alias, and nothing that a client sends becomes a new label', async () => {
  const counts = [
    'POST /api/lottery/draw < draw_type=单抽',
    'POST /api/lottery/draw < type',
    'POST /api/lottery/draw > user_points',
    'GET /api/exchange/products < page_size',
    'GET /api/exchange/products > has_more',
    'code of 2001',
    'message',
  ]
  const before = await Promise.all(counts.map((alias) => usesOf(service, alias)))
  await post('/lottery/draw', { type: '单抽', 'evil"}': 1 })
  for (let i = 0; i < 3; i += 1) await get('/exchange/products', { page_size: 7, evil: 1 })
  await phone.request('/user/info')
  const after = await Promise.all(counts.map((alias) => usesOf(service, alias)))
  expect(after.map((count, i) => count - (before[i] ?? 0))).toEqual([1, 1, 1, 3, 3, 1, 5])
  const metrics = await service.services.metrics.text()
  expect(metrics).not.toContain('evil')
  expect(metrics).toContain('route="/api/exchange/products",code="0"')
})

test('a path of older builds is logged and measured as the contract’s path', async () => {
  await get('/user/profile')
  const metrics = await service.services.metrics.text()
  expect(metrics).toContain('route="/api/user/info",code="0"')
  expect(metrics).not.toContain('/api/user/profile",code')
})

test('the API’s document describes only the contract', async () => {
  const text = await (await fetch(`${service.url}/api/openapi.json`)).text()
  for (const alias of [
    '/api/user/profile',
    '/api/merchant/lottery/config',
    '/api/health',
    '/api/merchant/apply',
    'user_points',
    'page_size',
  ]) {
    expect(text).not.toContain(alias)
  }
})
