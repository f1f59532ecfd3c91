import { describe, expect, test } from 'bun:test'
import { exchange } from '../../src/exchange/exchange.ts'
import { expireOrder } from '../../src/exchange/expire-order.ts'
import { newId } from '../../src/lib/random.ts'
import type { Till } from '../../src/till/till.ts'
import { newVoucherCode } from '../../src/vouchers/code.ts'
import { balanceOf, givePoints, newProduct, type Person, signIn, signInMerchant } from '../support/people.ts'
import { codeOf, withReplica } from '../support/replica.ts'
import { useService } from '../support/service.ts'

const limit = 3
const service = useService({ PENDING_ORDERS: `${limit}` })
const submit = (person: Person, product_id: number, idempotencyKey?: string) =>
  service.client.post('/api/exchange/submit', {
    token: person.token,
    body: { product_id },
    ...(idempotencyKey ? { idempotencyKey } : {}),
  })
const pendingOf = async ({ userId }: Person) => {
  const [row] = await service.database.query<{ n: number }>(
    "SELECT COUNT(*) AS n FROM exchange_records WHERE user_id = ? AND status = 'pending'",
    [userId],
  )
  return row?.n
}

describe('orders that wait at the counter', () => {
  test('one more than the limit is refused with 4009 and changes nothing; another person’s don’t count', async () => {
    const [person, other] = [await signIn(service), await signIn(service)]
    const id = await newProduct(service, 100, { exchange_points: 10 })
    const kept = await submit(person, id, 'kept')
    for (let i = 1; i < limit; i += 1) expect((await submit(person, id)).code).toBe(0)
    const before = await balanceOf(service, person)
    const refused = await submit(person, id, 'more')
    expect([refused.code, refused.data]).toEqual([4009, { limit, used: limit }])
    expect([await balanceOf(service, person), await pendingOf(person)]).toEqual([before, limit])
    expect((await submit(other, id)).code).toBe(0)
    const replay = await submit(person, id, 'kept')
    expect([replay.code, replay.data.exchange_id]).toEqual([0, kept.data.exchange_id])
  })

  test('an order that is fetched, called off or expired makes room for another', async () => {
    const person = await signIn(service)
    const staff = await signInMerchant(service)
    const id = await newProduct(service, 100, { exchange_points: 10 })
    const orders = [await submit(person, id), await submit(person, id), await submit(person, id)]
    const [fetched, cancelled, expired] = orders.map(({ data }) => data)
    const redeem = `/api/merchant/vouchers/${fetched.exchange_code}/redeem`
    const makesRoom = [
      () => service.client.post(redeem, { token: staff.token }),
      () => service.client.post(`/api/exchange/orders/${cancelled.exchange_id}/cancel`, { token: person.token }),
      async () => {
        const { exchange_id: exchangeId, exchange_code: code } = expired
        service.clock.advance(31 * 86_400_000)
        return service.services.till.run(expireOrder, { userId: person.userId, exchangeId, productId: id, code })
      },
    ]
    for (const [i, makeRoom] of makesRoom.entries()) {
      expect((await submit(person, id)).code).toBe(4009)
      await makeRoom()
      if (i === 2) person.token = (await signIn(service, person.phone)).token
      expect((await submit(person, id)).code).toBe(0)
    }
  })

  test('many orders of one person at once, of many products and on two replicas, leave exactly the limit', async () => {
    const person = await signIn(service)
    await givePoints(service, person, 10_000)
    const ids: number[] = []
    for (let i = 0; i < 6; i += 1) ids.push(await newProduct(service, 100, { exchange_points: 10 }))
    await withReplica(service, async ({ till }) => {
      const buy = (at: Pick<Till, 'run'>, productId: number) =>
        codeOf(
          at.run(exchange, {
            ...{ userId: person.userId, productId, quantity: 1, ttl_days: 1, mostPending: limit, holdsBonus: false },
            ...{ exchangeId: newId('EX'), code: newVoucherCode() },
          }),
        )
      const codes = await Promise.all(
        Array.from({ length: 60 }, (_, i) => buy(i % 2 ? till : service.services.till, ids[i % ids.length] ?? 0)),
      )
      expect(codes.filter((code) => code === 0)).toHaveLength(limit)
      expect(codes.filter((code) => code === 4009)).toHaveLength(60 - limit)
    })
    expect(await pendingOf(person)).toBe(limit)
    expect(await balanceOf(service, person)).toBe(11_000 - limit * 10)
  })
})
