import { beforeEach, describe, expect, test } from 'bun:test'
import { parallelCopies } from '../../support/copies.ts'
import { givePoints, newProduct, type Person, signIn, signInMerchant } from '../../support/people.ts'
import { useService } from '../../support/service.ts'

const service = useService()
let merchant: Person
let token: string

beforeEach(async () => {
  merchant = await signInMerchant(service)
  token = merchant.token
})

const dish = { name: '测试菜', category: '热菜', exchange_points: 100, stock: 5 }
const auditOf = (target: string) =>
  service.database.query<{ actor_id: number; action: string }>(
    'SELECT actor_id, action FROM audit_log WHERE target = ? AND actor_id IS NOT NULL ORDER BY audit_id',
    [target],
  )

describe('products', () => {
  test('a new product comes with its stock, its movement and its audit row, and diners see it', async () => {
    const { code, data } = await service.client.post('/api/merchant/products', { token, body: dish })
    expect(code).toBe(0)
    expect(data).toMatchObject({ name: '测试菜', stock: 5, status: 'active', per_user_limit: null })
    expect(await auditOf(`product:${data.product_id}`)).toEqual([
      { actor_id: merchant.userId, action: 'product.create' },
    ])
    const seen = await service.client.get('/api/exchange/products', { token })
    expect(seen.data.products).toMatchObject([{ product_id: data.product_id, stock: 5 }])
  })

  test.each([
    [{ ...dish, name: '' }],
    [{ ...dish, name: 'x'.repeat(101) }],
    [{ ...dish, name: '\u3164\u200b' }],
    [{ ...dish, category: '\u2800' }],
    [{ ...dish, category: ' 全部 ' }],
    [{ ...dish, exchange_points: 0 }],
    [{ ...dish, exchange_points: 1.5 }],
    [{ ...dish, stock: -1 }],
    [{ ...dish, image: 'javascript:alert(1)' }],
    [{ ...dish, image: '//elsewhere/x.jpg' }],
    [{ ...dish, status: 'deleted' }],
    [{ ...dish, rating: 5.1 }],
    [{ ...dish, category: 'a\u0000b' }],
    [{ ...dish, description: 'a\u001bb' }],
    [{ ...dish, description: '\ud800' }],
    [{ category: '热菜', exchange_points: 1 }],
  ])('the product %j is refused with 6009', async (body) => {
    expect((await service.client.post('/api/merchant/products', { token, body })).code).toBe(6009)
  })

  test('an edit changes only the fields that it names, never the stock, and is seen at once', async () => {
    const id = await newProduct(service, 7)
    await service.client.get('/api/exchange/products', { token })
    const body = { name: '新名字', stock: 999, image: '/img/a.jpg', rating: 4.5 }
    const { data } = await service.client.put(`/api/merchant/products/${id}`, { token, body })
    expect(data).toMatchObject({ name: '新名字', stock: 7, category: '热菜', rating: 4.5 })
    expect(data.image).toBe(`${service.url}/img/a.jpg`)
    const seen = await service.client.get('/api/exchange/products', { token })
    expect(seen.data.products[0].name).toBe('新名字')
  })

  test('a deleted product is gone for merchants and diners, and its orders keep it', async () => {
    const diner = await signIn(service)
    const id = await newProduct(service, 7)
    const order = await service.client.post('/api/exchange/submit', { token: diner.token, body: { product_id: id } })
    const gone = await service.client.delete(`/api/merchant/products/${id}`, { token })
    expect(gone.data).toMatchObject({ product_id: id, name: '测试商品', stock: 6, status: 'inactive' })
    expect((await service.client.delete(`/api/merchant/products/${id}`, { token })).code).toBe(4002)
    expect((await service.client.put(`/api/merchant/products/${id}`, { token, body: { name: 'x' } })).code).toBe(4002)
    const stock = { change: 1, operation: 'restock' }
    expect((await service.client.post(`/api/merchant/products/${id}/stock`, { token, body: stock })).code).toBe(4002)
    expect((await service.client.get('/api/merchant/products', { token })).data.products).toEqual([])
    const { data } = await service.client.get('/api/exchange/orders', { token: diner.token })
    expect(data.orders).toMatchObject([{ exchange_id: order.data.exchange_id, product_name: '测试商品' }])
    expect((await auditOf(`product:${id}`)).map(({ action }) => action)).toEqual(['product.delete'])
  })

  test('a batch changes all of its products or none', async () => {
    const [first, second] = [await newProduct(service, 1), await newProduct(service, 1)]
    const update = (products: object[]) =>
      service.client.post('/api/merchant/products/batch-update', { token, body: { products } })
    expect(
      (
        await update([
          { product_id: first, name: '一' },
          { product_id: 999_999, name: '二' },
        ])
      ).code,
    ).toBe(4002)
    expect(
      (
        await update([
          { product_id: first, name: '一' },
          { product_id: second, exchange_points: 0 },
        ])
      ).code,
    ).toBe(6009)
    expect(
      (
        await update([
          { product_id: first, name: '一' },
          { product_id: first, name: '二' },
        ])
      ).code,
    ).toBe(6009)
    const { data } = await service.client.get('/api/merchant/products', { token })
    expect(data.products.map(({ name }: { name: string }) => name)).toEqual(['测试商品', '测试商品'])
    const done = await update([
      { product_id: second, status: 'inactive' },
      { product_id: first, name: '一' },
    ])
    expect(done.data.products).toMatchObject([
      { product_id: second, status: 'inactive' },
      { product_id: first, name: '一' },
    ])
    expect((await service.client.get('/api/merchant/product-stats', { token })).data).toEqual({
      active_count: 1,
      inactive_count: 1,
      low_stock_count: 1,
      total_count: 2,
    })
  })

  test('every change of an unknown product is refused with 4002', async () => {
    for (const id of ['999999', '0', 'abc', '99999999999']) {
      const answers = [
        await service.client.put(`/api/merchant/products/${id}`, { token, body: { name: 'x' } }),
        await service.client.delete(`/api/merchant/products/${id}`, { token }),
      ]
      for (const answer of answers) expect(answer).toMatchObject({ code: 4002, data: null })
    }
  })

  test('the list can be filtered by category, and 全部 shows all', async () => {
    const [first, second] = [await newProduct(service, 1), await newProduct(service, 1)]
    await service.client.put(`/api/merchant/products/${first}`, { token, body: { category: '火锅' } })
    const listed = async (category: string) => {
      const query = new URLSearchParams({ category })
      const { data } = await service.client.get(`/api/merchant/products?${query}`, { token })
      return data.products.map(({ product_id }: { product_id: number }) => product_id).sort()
    }
    expect([await listed('火锅'), await listed('全部'), await listed('凉菜')]).toEqual([[first], [first, second], []])
  })

  test('the list can be filtered by status, stock and name', async () => {
    await newProduct(service, 0, { name: '空' })
    await newProduct(service, 3, { name: '少' })
    await newProduct(service, 50, { name: '多', status: 'inactive' })
    const names = async (query: string) =>
      (await service.client.get(`/api/merchant/products?${query}`, { token })).data.products.map(
        ({ name }: { name: string }) => name,
      )
    expect(await names('')).toEqual(['空', '少', '多'])
    expect(await names('status=inactive')).toEqual(['多'])
    expect(await names('stock_status=low_stock')).toEqual(['少'])
    expect(await names('stock_status=sold_out')).toEqual(['空'])
    expect(await names(`keyword=${encodeURIComponent('少')}`)).toEqual(['少'])
  })
})

describe('stock', () => {
  const change = (id: number, body: object, idempotencyKey?: string) =>
    service.client.post(`/api/merchant/products/${id}/stock`, {
      token,
      body,
      ...(idempotencyKey ? { idempotencyKey } : {}),
    })

  test('a change of stock never goes below 0, and writes a movement and an audit row', async () => {
    const id = await newProduct(service, 5)
    expect((await change(id, { change: 10, operation: 'restock', reason: '到货' })).data).toEqual({
      product_id: id,
      stock: 15,
    })
    expect((await change(id, { change: -15, operation: 'admin_adjust' })).data.stock).toBe(0)
    expect(await change(id, { change: -1, operation: 'admin_adjust' })).toMatchObject({
      code: 4004,
      data: { available_stock: 0 },
    })
    expect((await auditOf(`product:${id}`)).map(({ action }) => action)).toEqual(['product.stock', 'product.stock'])
  })

  test.each([
    [{ change: 0, operation: 'restock' }],
    [{ change: 1.5, operation: 'restock' }],
    [{ change: 1, operation: 'purchase' }],
    [{ change: 1_000_001, operation: 'restock' }],
    [{ operation: 'restock' }],
  ])('a change of stock by %j is refused with 9000', async (body) => {
    expect((await change(await newProduct(service, 5), body)).code).toBe(9000)
  })

  test('a repeated key changes the stock once, even in parallel', async () => {
    const id = await newProduct(service, 5)
    const told = await parallelCopies(() => change(id, { change: 3, operation: 'restock' }, 's1'))
    expect(told.stock).toBe(8)
  })

  test('taking stock away in parallel with many exchanges sells nothing twice', async () => {
    const diner = await signIn(service)
    await givePoints(service, diner, 10_000)
    const id = await newProduct(service, 20)
    const [sold, counted] = await Promise.all([
      Promise.all(
        Array.from({ length: 30 }, () =>
          service.client.post('/api/exchange/submit', { token: diner.token, body: { product_id: id } }),
        ),
      ),
      Promise.all(Array.from({ length: 10 }, () => change(id, { change: -1, operation: 'admin_adjust' }))),
    ])
    const taken = [...sold, ...counted].filter(({ code }) => code === 0)
    expect(taken).toHaveLength(20)
  })
})
