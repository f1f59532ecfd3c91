import { describe, expect, test } from 'bun:test'
import { codeOf, useOlderBuilds } from '../../support/older-builds.ts'
import { givePoints, newPhone, newProduct } from '../../support/people.ts'
import { newUpload } from '../../support/uploads.ts'

const builds = useOlderBuilds('requests')
const { service, call, post, get, asStaff } = builds

describe('requests', () => {
  const code = '123456'
  test.each([
    ['mobile', { code }],
    ['phone', { verify_code: code }],
    ['phone', { verification_code: code }],
  ])('a login with %s and %p signs in', async (name, rest) => {
    const { data } = await builds.phone.request('/auth/login', {
      method: 'POST',
      data: { [name]: newPhone(), ...rest },
    })
    expect(data.code).toBe(0)
    expect(data.data.user_info.is_admin).toBe(false)
  })

  test('a code is sent to a mobile, and wrong values are refused as without the alias', async () => {
    const send = (data: Record<string, unknown>) => builds.phone.request('/auth/send-code', { method: 'POST', data })
    expect(codeOf(await send({ mobile: newPhone() }))).toEqual([0, 0])
    for (const mobile of ['1', null, 13_800_138_000, ['13800138000'], {}])
      expect(codeOf(await send({ mobile }))).toEqual([1001, 1001])
    const login = (data: Record<string, unknown>) => builds.phone.request('/auth/login', { method: 'POST', data })
    expect(codeOf(await login({ mobile: newPhone(), verify_code: '1' }))).toEqual([1002, 1002])
    expect(codeOf(await login({ mobile: newPhone(), phone: 'x', code }))).toEqual([1001, 1001])
  })

  test('a refresh token is accepted as refreshToken, and as Bearer without a body', async () => {
    const body = await builds.phone.request('/auth/refresh', {
      method: 'POST',
      data: { refreshToken: builds.diner.refreshToken },
    })
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
      await givePoints(service, builds.diner, 1_000)
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
})

test('every list and editor accepts the remaining aliases', async () => {
  const id = await newProduct(service, 5)
  const ours = `${service.url}/images/x.jpg`
  const made = { name: '新品', category: '热菜', exchange_points: 10, status: 'OFFLINE', image: ours }
  const upload_id = await newUpload(service, builds.diner)
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
