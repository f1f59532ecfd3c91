import { describe, expect, test } from 'bun:test'
import { parallelCopies } from '../support/copies.ts'
import { balanceOf, givePoints, newProduct, type Person, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'

const service = useService()
const submit = (person: Person, body: unknown, idempotencyKey?: string) =>
  service.client.post('/api/exchange/submit', {
    token: person.token,
    body,
    ...(idempotencyKey ? { idempotencyKey } : {}),
  })
const cancel = (person: Person, exchangeId: string, idempotencyKey?: string) =>
  service.client.post(`/api/exchange/orders/${exchangeId}/cancel`, {
    token: person.token,
    ...(idempotencyKey ? { idempotencyKey } : {}),
  })
const list = (person: Person, query = '') =>
  service.client.get(`/api/exchange/products?${query}`, { token: person.token })
const stockOf = async (id: number) =>
  (await service.database.query<{ stock: number }>('SELECT stock FROM products WHERE commodity_id = ?', [id]))[0]?.stock
const people = (count: number) => Promise.all(Array.from({ length: count }, () => signIn(service)))

describe('an exchange', () => {
  test('an exchange changes balance, stock, sales, order, voucher, ledger and movement together', async () => {
    const person = await signIn(service)
    const id = await newProduct(service, 5, { exchange_points: 120, name: '桂花酸梅汤' })
    const { data } = await submit(person, { product_id: id, quantity: 2 })
    expect(data).toMatchObject({
      product_id: id,
      quantity: 2,
      total_points: 240,
      remaining_points: 760,
      status: 'pending',
    })
    expect(data.exchange_id).toMatch(/^EX_[0-9A-Z]{16}$/)
    expect(data.exchange_code).toMatch(/^[2-9A-HJ-NP-Z]{10}$/)
    expect(Date.parse(data.expires_at) - Date.parse(data.created_at)).toBe(30 * 86_400_000)
    expect((await list(person)).data.products[0]).toMatchObject({ stock: 3, sales_count: 2 })
    const { records } = (await service.client.get('/api/user/points/records', { token: person.token })).data
    expect(records[0]).toMatchObject({
      points: -240,
      source: 'exchange',
      related_id: data.exchange_id,
      balance_after: 760,
    })
    const { orders } = (await service.client.get('/api/exchange/orders', { token: person.token })).data
    expect(orders).toMatchObject([
      { exchange_id: data.exchange_id, exchange_code: data.exchange_code, completed_at: null },
    ])
  })

  test('an exchange without a quantity buys one', async () => {
    const id = await newProduct(service, 5)
    expect((await submit(await signIn(service), { product_id: id })).data.quantity).toBe(1)
  })

  const bad: [unknown][] = [
    [{}],
    [{ product_id: null }],
    [{ product_id: '1' }],
    [{ product_id: 1.5 }],
    [{ product_id: 0 }],
    [{ product_id: -1 }],
    [{ product_id: 1e20 }],
    [{ product_id: [1] }],
    [{ product_id: "1' OR '1'='1" }],
    [{ product_id: 1, quantity: 0 }],
    [{ product_id: 1, quantity: -1 }],
    [{ product_id: 1, quantity: 100 }],
    [{ product_id: 1, quantity: 1.5 }],
    [{ product_id: 1, quantity: '２' }],
    [{ product_id: 1, quantity: null }],
    [[]],
  ]
  test.each(bad)('an exchange of %p is refused with 4001', async (body) => {
    expect((await submit(await signIn(service), body)).code).toBe(4001)
  })

  test('an exchange of a missing, inactive, sold-out, too expensive or limited product is refused', async () => {
    const person = await signIn(service)
    expect((await submit(person, { product_id: 2_000_000_000 })).code).toBe(4002)
    const deleted = await newProduct(service, 5, { status: 'deleted' })
    expect((await submit(person, { product_id: deleted })).code).toBe(4002)
    const inactive = await newProduct(service, 5, { status: 'inactive' })
    expect((await submit(person, { product_id: inactive })).code).toBe(4003)
    const scarce = await newProduct(service, 2)
    const short = await submit(person, { product_id: scarce, quantity: 3 })
    expect([short.code, short.data]).toEqual([4004, { available_stock: 2 }])
    const dear = await newProduct(service, 5, { exchange_points: 700 })
    const poor = await submit(person, { product_id: dear, quantity: 2 })
    expect([poor.code, poor.data]).toEqual([4005, { required: 1400, current: 1000, shortage: 400 }])
    const rationed = await newProduct(service, 50, { per_user_limit: 3 })
    expect((await submit(person, { product_id: rationed, quantity: 2 })).code).toBe(0)
    const over = await submit(person, { product_id: rationed, quantity: 2 })
    expect([over.code, over.data]).toEqual([4006, { limit: 3, used: 2 }])
    expect(await balanceOf(service, person)).toBe(980)
  })

  test('120 parallel buyers of a product with a stock of 50 get exactly 50', async () => {
    const id = await newProduct(service, 50)
    const buyers = await people(120)
    const answers = await Promise.all(buyers.map((buyer) => submit(buyer, { product_id: id })))
    expect(answers.filter(({ code }) => code === 0)).toHaveLength(50)
    expect(answers.filter(({ code }) => code === 4004)).toHaveLength(70)
    expect(await stockOf(id)).toBe(0)
    expect(new Set(answers.filter(({ code }) => code === 0).map(({ data }) => data.exchange_code)).size).toBe(50)
  })

  test('the limit per user holds under 20 parallel exchanges', async () => {
    const id = await newProduct(service, 100, { per_user_limit: 3 })
    const person = await signIn(service)
    const answers = await Promise.all(Array.from({ length: 20 }, () => submit(person, { product_id: id })))
    expect(answers.filter(({ code }) => code === 0)).toHaveLength(3)
  })

  test('20 parallel requests with one key place one order', async () => {
    const id = await newProduct(service, 100)
    const person = await signIn(service)
    await parallelCopies(() => submit(person, { product_id: id }, 'once'))
    expect(await stockOf(id)).toBe(99)
    expect((await submit(person, { product_id: id, quantity: 2 }, 'once')).code).toBe(9008)
  })
})

describe('a cancel', () => {
  test('a cancel gives points and stock back and ends the voucher, once under 20 parallel calls', async () => {
    const person = await signIn(service)
    const id = await newProduct(service, 5, { exchange_points: 100 })
    const { data: order } = await submit(person, { product_id: id, quantity: 3 })
    const answers = await Promise.all(Array.from({ length: 20 }, () => cancel(person, order.exchange_id)))
    const done = answers.filter(({ code }) => code === 0)
    expect(done.map(({ data }) => [data.status, data.remaining_points])).toEqual([['cancelled', 1000]])
    const refused = answers.filter(({ code }) => code === 4008)
    expect(refused).toHaveLength(19)
    expect(refused[0]?.data).toEqual({ current_status: 'cancelled' })
    expect(await stockOf(id)).toBe(5)
    expect(await service.database.query('SELECT status FROM vouchers')).toEqual([{ status: 'cancelled' }])
  })

  test('a cancelled order no longer counts for the limit per user', async () => {
    const person = await signIn(service)
    const id = await newProduct(service, 5, { per_user_limit: 1 })
    const { data } = await submit(person, { product_id: id })
    expect((await submit(person, { product_id: id })).code).toBe(4006)
    await cancel(person, data.exchange_id)
    expect((await submit(person, { product_id: id })).code).toBe(0)
  })

  test('a cancel of another’s order is refused like a cancel of an unknown order', async () => {
    const [person, other] = (await people(2)) as [Person, Person]
    const { data } = await submit(person, { product_id: await newProduct(service, 5) })
    for (const id of [data.exchange_id, 'EX_2222222222222222', 'x', "EX_'--", '%00', 'EX_%2e%2e%2f']) {
      const { code, data: details } = await cancel(other, id)
      expect([code, details?.current_status]).toEqual([4007, undefined])
    }
    expect(await service.database.query('SELECT status FROM exchange_records')).toEqual([{ status: 'pending' }])
  })

  test('a cancel that is repeated with its key gets the first answer', async () => {
    const person = await signIn(service)
    const { data } = await submit(person, { product_id: await newProduct(service, 5) })
    const first = await cancel(person, data.exchange_id, 'c')
    const again = await cancel(person, data.exchange_id, 'c')
    expect(again.data).toEqual(first.data)
    expect(await balanceOf(service, person)).toBe(1000)
  })

  test('cancels in parallel with exchanges of the last units leave each unit on the shelf or with one buyer', async () => {
    const id = await newProduct(service, 1)
    const holder = await signIn(service)
    const { data } = await submit(holder, { product_id: id })
    const buyers = await people(10)
    const answers = await Promise.all([
      ...buyers.map((buyer) => submit(buyer, { product_id: id })),
      cancel(holder, data.exchange_id),
      ...buyers.map((buyer) => submit(buyer, { product_id: id })),
    ])
    const bought = answers.filter(({ code, data: answer }) => code === 0 && answer.status === 'pending')
    expect(bought.length + Number(await stockOf(id))).toBe(1)
  })
})

describe('the catalogue', () => {
  const names = async (person: Person, query: string) =>
    (await list(person, query)).data.products.map((product: { name: string }) => product.name)

  test('the catalogue filters, sorts and pages the products on sale', async () => {
    const person = await signIn(service)
    await newProduct(service, 0, { name: 'a', category: '饮品', exchange_points: 30, sort_order: 3 })
    await newProduct(service, 5, { name: 'b', category: '饮品', exchange_points: 20, sort_order: 2 })
    await newProduct(service, 50, { name: 'c', category: '热菜', exchange_points: 10, sort_order: 1 })
    await newProduct(service, 50, { name: 'hidden', status: 'inactive' })
    expect(await names(person, '')).toEqual(['c', 'b', 'a'])
    expect(await names(person, `category=${encodeURIComponent('饮品')}`)).toEqual(['b', 'a'])
    expect(await names(person, `category=${encodeURIComponent('全部')}`)).toEqual(['c', 'b', 'a'])
    expect(await names(person, 'category=none')).toEqual([])
    expect(await names(person, 'min_points=15&max_points=25')).toEqual(['b'])
    expect(await names(person, 'stock_status=sold_out')).toEqual(['a'])
    expect(await names(person, 'stock_status=low_stock')).toEqual(['b'])
    expect(await names(person, 'stock_status=in_stock')).toEqual(['c', 'b'])
    expect(await names(person, 'sort_by=exchange_points&sort_order=desc')).toEqual(['a', 'b', 'c'])
    expect(await names(person, 'limit=1&page=2')).toEqual(['b'])
    const { data } = await service.client.get('/api/exchange/categories', { token: person.token })
    expect(data.categories).toEqual(['全部', '热菜', '饮品'])
  })

  test.each([
    'sort_by=password',
    'sort_order=up',
    'min_points=-1',
    'max_points=x',
    'stock_status=some',
    'limit=1000',
    'category=a&category=b',
  ])('the query %s is refused with 9000, also when it is repeated', async (query) => {
    const person = await signIn(service)
    expect((await list(person, query)).code).toBe(9000)
    expect((await list(person, query)).code).toBe(9000)
  })

  test('the cached catalogue still needs a token, and each answer has its own request id', async () => {
    const [first, second] = (await people(2)) as [Person, Person]
    await newProduct(service, 5)
    const answers = [await list(first), await list(second), await list(second)]
    expect(answers.map(({ data }) => data)).toEqual(Array(3).fill(answers[0]?.data))
    expect(new Set(answers.map(({ headers }) => headers.get('X-Request-Id'))).size).toBe(3)
    expect((await service.client.get('/api/exchange/products')).code).toBe(2001)
    expect((await service.client.get('/api/exchange/products', { token: `${first.token}x` })).code).toBe(2002)
  })

  test('every request after an exchange sees the new stock', async () => {
    const person = await signIn(service)
    await givePoints(service, person, 1000)
    const id = await newProduct(service, 30)
    for (let left = 29; left > 20; left -= 1) {
      await submit(person, { product_id: id })
      expect((await list(person)).data.products[0].stock).toBe(left)
    }
  })

  test('links to images are absolute', async () => {
    await newProduct(service, 5, { image: '/images/a.jpg' })
    const person = await signIn(service)
    expect((await list(person)).data.products[0].image).toBe(`${service.url}/images/a.jpg`)
    const headers = { Host: 'points.example' }
    const { data } = await service.client.get('/api/exchange/products', { token: person.token, headers })
    expect(data.products[0].image).toBe('http://points.example/images/a.jpg')
  })
})

describe('orders', () => {
  test('the list of orders has only the caller’s, newest first, and can be filtered by status', async () => {
    const [person, other] = (await people(2)) as [Person, Person]
    const id = await newProduct(service, 50)
    const first = await submit(person, { product_id: id })
    await submit(person, { product_id: id, quantity: 2 })
    await submit(other, { product_id: id, quantity: 3 })
    await cancel(person, first.data.exchange_id)
    const quantities = async (query: string) => {
      const { data } = await service.client.get(`/api/exchange/orders?${query}`, { token: person.token })
      return data.orders.map((order: { quantity: number }) => order.quantity)
    }
    expect(await quantities('')).toEqual([2, 1])
    expect(await quantities('status=cancelled')).toEqual([1])
    expect(await quantities('status=completed')).toEqual([])
    expect((await service.client.get('/api/exchange/orders?status=x', { token: person.token })).code).toBe(9000)
  })
})
