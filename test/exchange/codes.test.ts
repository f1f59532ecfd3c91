import { expect, test } from 'bun:test'
import { exchange } from '../../src/exchange/exchange.ts'
import { newId } from '../../src/lib/random.ts'
import { newVoucherCode } from '../../src/vouchers/code.ts'
import { balanceOf, newProduct, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'

const service = useService()

test('a code belongs to one order: of many exchanges with one code, one takes effect and the others change nothing', async () => {
  const person = await signIn(service)
  const productId = await newProduct(service, 10, { exchange_points: 100 })
  const code = newVoucherCode()
  const buy = () =>
    service.services.till.run(exchange, {
      ...{ userId: person.userId, productId, quantity: 1, ttl_days: 1, mostPending: 0, holdsBonus: false },
      ...{ exchangeId: newId('EX'), code },
    })
  const outcomes = await Promise.allSettled(Array.from({ length: 6 }, buy))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  await expect(buy()).rejects.toThrow()
  const orders = await service.database.query('SELECT exchange_id FROM exchange_records WHERE exchange_code = ?', [
    code,
  ])
  const [product] = await service.database.query('SELECT stock FROM products WHERE commodity_id = ?', [productId])
  expect([orders.length, product, await balanceOf(service, person)]).toEqual([1, { stock: 9 }, 900])
})
