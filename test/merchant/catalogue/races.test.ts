import { beforeEach, describe, expect, test } from 'bun:test'
import { exchange } from '../../../src/exchange/exchange.ts'
import { newId } from '../../../src/lib/random.ts'
import { deleteProducts } from '../../../src/merchant/catalogue/change-products.ts'
import { editProducts } from '../../../src/merchant/catalogue/edit-products.ts'
import { newVoucherCode } from '../../../src/vouchers/code.ts'
import { parallelCopies } from '../../support/copies.ts'
import { actorOf, askedBy, newProduct, type Person, signIn, signInMerchant } from '../../support/people.ts'
import { codeOf, withReplica } from '../../support/replica.ts'
import { useService } from '../../support/service.ts'

const service = useService()
let merchant: Person
let token: string

beforeEach(async () => {
  merchant = await signInMerchant(service)
  token = merchant.token
})

const keyed = (idempotencyKey?: string) => ({ token, ...(idempotencyKey ? { idempotencyKey } : {}) })
const create = (body: object, key?: string) => service.client.post('/api/merchant/products', { body, ...keyed(key) })
const edit = (id: number, body: object, key?: string) =>
  service.client.put(`/api/merchant/products/${id}`, { body, ...keyed(key) })
const remove = (id: number, key?: string) => service.client.delete(`/api/merchant/products/${id}`, keyed(key))
const update = (products: object[], key?: string) =>
  service.client.post('/api/merchant/products/batch-update', { body: { products }, ...keyed(key) })
const rename = (ids: number[], name: string) => ids.map((product_id) => ({ product_id, name }))
/** The merchant, on this business day. */
const asking = () => {
  const { calendar } = service.services
  return { ...askedBy(merchant), since: calendar.startOf(calendar.dayOf(service.clock.now())) }
}
const renaming = (ids: number[], name: string) => ({
  edits: ids.map((productId) => ({ productId, fields: { name } })),
  ...asking(),
})
const newProducts = async (count: number) => {
  const ids: number[] = []
  while (ids.length < count) ids.push(await newProduct(service, 5))
  return ids
}
const namesOf = async (ids: number[]) => {
  const { data } = await service.client.get('/api/merchant/products', { token })
  const names = new Map(data.products.map((one: { product_id: number; name: string }) => [one.product_id, one.name]))
  return ids.map((id) => names.get(id))
}
const audited = async () => {
  const sql = "SELECT action FROM audit_log WHERE target LIKE 'product:%' AND actor_id IS NOT NULL ORDER BY audit_id"
  return (await service.database.query<{ action: string }>(sql)).map(({ action }) => action)
}

describe('a new product', () => {
  const dish = { name: '测试菜', category: '热菜', exchange_points: 100, stock: 5 }

  test('20 parallel copies of one key create one product, with one first movement of its stock', async () => {
    const { product_id } = await parallelCopies(() => create(dish, 'p1'))
    const products = await service.database.query('SELECT commodity_id, stock FROM products')
    expect(products).toEqual([{ commodity_id: product_id, stock: 5 }])
    expect(await service.database.query('SELECT quantity_change FROM stock_movements')).toEqual([
      { quantity_change: 5 },
    ])
    expect(await audited()).toEqual(['product.create'])
    expect((await create({ ...dish, stock: 6 }, 'p1')).code).toBe(9008)
  })
})

describe('an edit', () => {
  test('a limit that is set in the same batch as an exchange refuses the exchange, or comes after it', async () => {
    const diner = await signIn(service)
    const { till } = service.services
    for (const id of await newProducts(4)) {
      const limit = { edits: [{ productId: id, fields: { per_user_limit: 1 } }], ...asking() }
      const buys = (quantity: number) =>
        till.run(exchange, {
          ...{ userId: diner.userId, productId: id, quantity, ttl_days: 1, mostPending: 0, holdsBonus: false },
          ...{ exchangeId: newId('EX'), code: newVoucherCode() },
        })
      // The first operation of a lane runs alone, and those behind it form a batch.
      const [, edited, bought, another] = await Promise.allSettled([
        till.run(editProducts, renaming([id], '先')),
        till.run(editProducts, limit),
        buys(1),
        buys(1),
      ])
      expect([edited?.status, bought?.status]).toEqual(['fulfilled', 'fulfilled'])
      // In another lane the exchange may have come before the limit.
      expect([undefined, 4006]).toContain(another?.status === 'rejected' ? another.reason.code : undefined)
    }
  })

  test('one key edits a product once: parallel and later copies change nothing, and another body is 9008', async () => {
    const [id = 0, other = 0] = await newProducts(2)
    const told = await parallelCopies(() => edit(id, { name: '甲' }, 'e1'))
    await edit(id, { name: '乙' }, 'e2')
    const again = await edit(id, { name: '甲' }, 'e1')
    expect(again.data).toEqual(told)
    expect(again.headers.get('Idempotency-Replayed')).toBe('true')
    expect((await edit(id, { name: '丙' }, 'e1')).code).toBe(9008)
    expect((await edit(other, { name: '甲' }, 'e1')).code).toBe(9008)
    expect(await namesOf([id, other])).toEqual(['乙', '测试商品'])
    expect(await audited()).toEqual(['product.edit', 'product.edit'])
  })

  test('two parallel edits of one product on two replicas are both saved, every time', async () => {
    const productId = await newProduct(service, 5)
    const change = (fields: object) => ({ edits: [{ productId, fields }], ...asking() })
    await withReplica(service, async ({ till }) => {
      for (let round = 0; round < 10; round += 1) {
        const [name, category] = [`名${round}`, `类${round}`]
        await Promise.all([
          till.run(editProducts, change({ name })),
          service.services.till.run(editProducts, change({ category })),
        ])
        const { data } = await service.client.get('/api/merchant/products', { token })
        expect(data.products).toMatchObject([{ name, category }])
      }
    })
  })
})

describe('a batch', () => {
  test('overlapping batches in opposite order on two replicas are each saved whole or not at all', async () => {
    const ids = await newProducts(4)
    const [a = 0, b = 0, c = 0, d = 0] = ids
    const rounds = Array.from({ length: 12 }, () => 0)
    const inTurn = async (next: () => Promise<number>) => {
      const codes: number[] = []
      while (codes.length < rounds.length) codes.push(await next())
      return codes
    }
    const outcomes = await withReplica(service, ({ till }) =>
      Promise.all([
        inTurn(async () => (await update(rename([a, b, c], '一'))).code),
        inTurn(() => codeOf(till.run(editProducts, renaming([d, c, b], '二')))),
        inTurn(async () => (await update(rename([c, b, 999_999], '三'))).code),
      ]),
    )
    expect(outcomes).toEqual([rounds, rounds, rounds.map(() => 4002)])
    const names = await namesOf(ids)
    expect([
      ['一', '一', '一', '二'],
      ['一', '二', '二', '二'],
    ]).toContainEqual(names as string[])
    expect(await audited()).toHaveLength(2 * 3 * rounds.length)
  })

  test('one key edits a batch once: parallel and later copies change nothing, and another body is 9008', async () => {
    const ids = await newProducts(3)
    const told = await parallelCopies(() => update(rename(ids, '甲'), 'b1'))
    expect(await audited()).toHaveLength(3)
    await update(rename(ids.slice(1), '乙'))
    const again = await update(rename(ids, '甲'), 'b1')
    expect(again.data).toEqual(told)
    expect(again.headers.get('Idempotency-Replayed')).toBe('true')
    expect((await update(rename(ids.slice(1), '甲'), 'b1')).code).toBe(9008)
    expect(await namesOf(ids)).toEqual(['甲', '乙', '乙'])
    expect(await audited()).toHaveLength(5)
  })
})

describe('a delete', () => {
  test('each exchange in parallel with a delete is an order or 4002, and none succeeds after the delete', async () => {
    const buyers = await Promise.all(Array.from({ length: 12 }, () => signIn(service)))
    const id = await newProduct(service, 10_000, { exchange_points: 1 })
    const sold: string[] = []
    let deleted: ReturnType<typeof remove> | undefined
    const buyWhileSold = async (buyer: Person): Promise<number> => {
      const options = { token: buyer.token, body: { product_id: id } }
      const { code, data } = await service.client.post('/api/exchange/submit', options)
      if (code !== 0) return code
      sold.push(data.exchange_id)
      if (sold.length === 20) deleted = remove(id)
      return buyWhileSold(buyer)
    }
    expect(await Promise.all(buyers.map(buyWhileSold))).toEqual(buyers.map(() => 4002))
    expect((await deleted)?.code).toBe(0)
    const orders = await service.database.query<{ exchange_id: string }>('SELECT exchange_id FROM exchange_records')
    expect(orders.map(({ exchange_id }) => exchange_id).sort()).toEqual(sold.sort())
    expect(await service.database.query('SELECT stock, sales_count, status FROM products')).toEqual([
      { stock: 10_000 - sold.length, sales_count: sold.length, status: 'deleted' },
    ])
    expect(await Promise.all(buyers.map(buyWhileSold))).toEqual(buyers.map(() => 4002))
  })

  test('four parallel deletes of one product on two replicas delete it once, every time', async () => {
    const ids = await newProducts(10)
    await withReplica(service, async ({ till }) => {
      for (const productId of ids) {
        const tills = [till, service.services.till, till, service.services.till]
        const deletion = { productIds: [productId], actor: actorOf(merchant) }
        const codes = await Promise.all(tills.map((one) => codeOf(one.run(deleteProducts, deletion))))
        expect(codes.sort()).toEqual([0, 4002, 4002, 4002])
      }
    })
    expect(await audited()).toEqual(ids.map(() => 'product.delete'))
  })

  test('a batch delete is done once, all or nothing, for four parallel requests on two replicas and for 20 copies of one key', async () => {
    const removeAll = (product_ids: number[], key?: string) =>
      service.client.post('/api/merchant/products/batch-delete', { body: { product_ids }, ...keyed(key) })
    const [ids, others] = [await newProducts(3), await newProducts(2)]
    await withReplica(service, async ({ till }) => {
      const deletion = { productIds: ids, actor: actorOf(merchant) }
      const tills = [till, service.services.till, till, service.services.till]
      const codes = await Promise.all(tills.map((one) => codeOf(one.run(deleteProducts, deletion))))
      expect(codes.sort()).toEqual([0, 4002, 4002, 4002])
    })
    expect((await removeAll([...others, ids[0] ?? 0])).code).toBe(4002)
    expect(await audited()).toHaveLength(3)
    const told = await parallelCopies(() => removeAll(others, 'd2'))
    expect(told).toMatchObject({ products: others.map((product_id) => ({ product_id })) })
    expect((await removeAll(ids, 'd2')).code).toBe(9008)
    for (const bad of [[], [0], [ids[0] ?? 0, ids[0] ?? 0], Array(101).fill(1)])
      expect((await removeAll(bad)).code).toBe(6009)
    expect(await audited()).toEqual(Array(5).fill('product.delete'))
  })

  test('a delete that is repeated with its key gets the first answer; without a key it is 4002; another product is 9008', async () => {
    const [id = 0, other = 0] = await newProducts(2)
    const told = await parallelCopies(() => remove(id, 'd1'))
    expect(told).toMatchObject({ product_id: id, status: 'inactive', stock: expect.any(Number) })
    expect((await remove(id, 'd1')).data).toEqual(told)
    expect((await remove(id)).code).toBe(4002)
    expect((await remove(other, 'd1')).code).toBe(9008)
    expect(await audited()).toEqual(['product.delete'])
  })
})
