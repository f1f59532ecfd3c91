import { describe, expect, test } from 'bun:test'
import type { AuditRecord } from '../../../src/staff/wire.ts'
import { type AskOptions, useApprovals } from '../../support/approvals.ts'
import { newProduct } from '../../support/people.ts'
import { useService } from '../../support/service.ts'

const service = useService()
const { people, send, decide, list, audited } = useApprovals(service)
const base = '/api/merchant'

describe('a price or a limit', () => {
  const edit = (id: number, fields: object, options: AskOptions = {}) => send('put', `/products/${id}`, fields, options)
  const productOf = async (id: number) => {
    const { products } = (await service.client.get(`${base}/products`, { token: people.owner.token })).data
    return products.find(({ product_id }: { product_id: number }) => product_id === id)
  }

  test('that is cut below half waits, with all that is changed with it', async () => {
    const id = await newProduct(service, 5, { exchange_points: 3_980, per_user_limit: 10 })
    const { data } = await edit(id, { exchange_points: 1, name: '朋友价' })
    expect(await productOf(id)).toMatchObject({ exchange_points: 3_980, name: '测试商品' })
    expect(await list()).toMatchObject([
      {
        ...{ kind: 'product', subject: `product:${id}`, reasons: ['price'], for_user: null, points: null },
        before: { [id]: { exchange_points: 3_980, name: '测试商品' } },
        after: { [id]: { exchange_points: 1, name: '朋友价' } },
      },
    ])
    expect((await decide(data.approval_id)).code).toBe(0)
    expect(await productOf(id)).toMatchObject({ exchange_points: 1, name: '朋友价' })
    const [{ actor, before, after, details }] = (await audited('product.edit')) as [AuditRecord]
    expect([actor?.user_id, before?.exchange_points, after?.exchange_points]).toEqual([people.manager.userId, 3_980, 1])
    expect(details).toEqual({ approval_id: data.approval_id, approved_by: people.owner.userId })
    expect((await edit(id, { per_user_limit: 4 })).data.approval_status).toBe('pending')
  })

  test('that is cut to half, raised, or given for the first time waits for nobody', async () => {
    const id = await newProduct(service, 5, { exchange_points: 100, per_user_limit: null })
    for (const fields of [
      { exchange_points: 50 },
      { exchange_points: 9_000 },
      { per_user_limit: 1 },
      { per_user_limit: 5 },
      { per_user_limit: null },
      { exchange_points: 60 },
    ])
      expect((await edit(id, fields, { knows: false })).code).toBe(0)
  })

  test('can’t be halved many times a day: it is measured by the price that the day began with', async () => {
    const id = await newProduct(service, 5, { exchange_points: 3_980 })
    expect((await edit(id, { exchange_points: 1_990 })).data.exchange_points).toBe(1_990)
    const { data } = await edit(id, { exchange_points: 1_989 })
    expect(data.approval_status).toBe('pending')
    await decide(data.approval_id)
    expect((await edit(id, { exchange_points: 995 })).data.exchange_points).toBe(995)
    expect((await edit(id, { exchange_points: 994 })).data.approval_status).toBe('pending')
  })

  test('of many products changes for all of them or none', async () => {
    const ids = [
      await newProduct(service, 5, { exchange_points: 100 }),
      await newProduct(service, 5, { exchange_points: 100 }),
    ]
    const products = ids.map((product_id, i) => ({ product_id, exchange_points: i === 0 ? 90 : 10 }))
    const { approval_id } = (await send('post', '/products/batch-update', { products })).data
    expect((await productOf(ids[0] ?? 0)).exchange_points).toBe(100)
    expect((await send('post', '/products/batch-update', { products }, { knows: false })).data).toEqual({ approval_id })
    await decide(approval_id)
    expect([(await productOf(ids[0] ?? 0)).exchange_points, (await productOf(ids[1] ?? 0)).exchange_points]).toEqual([
      90, 10,
    ])
  })

  test('that was changed meanwhile is not what somebody agreed to', async () => {
    const id = await newProduct(service, 5, { exchange_points: 100 })
    const { approval_id } = (await edit(id, { exchange_points: 40 })).data
    await edit(id, { exchange_points: 9_000 }, { by: people.owner })
    expect(await decide(approval_id)).toMatchObject({ code: 6004, data: { current_status: 'changed' } })
    expect((await productOf(id)).exchange_points).toBe(9_000)
  })

  test('of a product that was deleted meanwhile is refused with 4002', async () => {
    const id = await newProduct(service, 5, { exchange_points: 100 })
    const { approval_id } = (await edit(id, { exchange_points: 40 })).data
    await service.client.delete(`${base}/products/${id}`, { token: people.owner.token })
    expect((await decide(approval_id)).code).toBe(4002)
  })
})
