import { Hono } from 'hono'
import type { Push } from '../contract/messages.ts'
import type { Database } from '../db/client.ts'
import { type AppEnv, absoluteLinks, linkIn } from '../http/env.ts'
import { ok } from '../http/envelope.ts'
import { once } from '../http/idempotency.ts'
import { describe } from '../http/operation-docs.ts'
import { remember } from '../http/remember.ts'
import { validate } from '../http/validate.ts'
import { newId } from '../lib/random.ts'
import type { Till } from '../till/till.ts'
import { newVoucherCode } from '../vouchers/code.ts'
import { cancel } from './cancel.ts'
import { type Catalogue, categoriesOf, productsPage } from './catalogue.ts'
import { exchange } from './exchange.ts'
import { readOrders, requireOrder } from './queries.ts'
import {
  cancelAnswer,
  categoriesAnswer,
  exchangeIdParam,
  ordersAnswer,
  ordersQuery,
  productsAnswer,
  productsQuery,
  submitAnswer,
  submitBody,
} from './wire.ts'

export interface ExchangeDeps {
  database: Database
  till: Till<Push>
  caches: { catalogue: Catalogue }
  rules: { exchange: { voucherTtl_days: number; mostPending: number; holdsBonus: boolean } }
}

/** How many pages of one state of the catalogue are cached. */
const mostPages = 200

/** `/api/exchange`: products for points. */
export function exchangeRoutes({ database, till, caches, rules }: ExchangeDeps) {
  return new Hono<AppEnv>()
    .get(
      '/products',
      describe({ summary: 'The products on sale', answer: productsAnswer }),
      remember(caches.catalogue.get, mostPages),
      validate('query', productsQuery),
      async (c) => ok(c, productsPage(await caches.catalogue.get(), c.req.valid('query'), absoluteLinks(c))),
    )
    .get(
      '/categories',
      describe({ summary: 'The categories of the products on sale, 全部 first', answer: categoriesAnswer }),
      async (c) => ok(c, { categories: categoriesOf(await caches.catalogue.get()) }),
    )
    .post(
      '/submit',
      describe({
        summary: 'Exchange points for a product: creates an order and its voucher',
        answer: submitAnswer,
        refusals: [4001, 4002, 4003, 4004, 4005, 4006, 4009, 4010],
        idempotent: true,
      }),
      validate('json', submitBody, 4001),
      async (c) => {
        const { product_id, quantity } = c.req.valid('json')
        const input = {
          userId: c.get('caller').userId,
          productId: product_id,
          quantity,
          exchangeId: newId('EX'),
          code: newVoucherCode(),
          ttl_days: rules.exchange.voucherTtl_days,
          mostPending: rules.exchange.mostPending,
          holdsBonus: rules.exchange.holdsBonus,
        }
        return once(c, { product_id, quantity }, (idempotency) => till.run(exchange, input, idempotency))
      },
    )
    .get(
      '/orders',
      describe({ summary: 'The caller’s orders, newest first', answer: ordersAnswer }),
      validate('query', ordersQuery),
      async (c) => {
        const { orders, pagination } = await readOrders(database, c.get('caller').userId, c.req.valid('query'))
        return ok(c, { orders: orders.map(linkIn(c, 'product_image')), pagination })
      },
    )
    .post(
      '/orders/:exchange_id/cancel',
      describe({
        summary: 'Cancel a pending order: points and stock go back',
        answer: cancelAnswer,
        refusals: [4007, 4008],
        idempotent: true,
      }),
      validate('param', exchangeIdParam, 4007),
      async (c) => {
        const { userId } = c.get('caller')
        const order = await requireOrder(database, userId, c.req.valid('param').exchange_id)
        const { exchange_id: exchangeId, commodity_id: productId, exchange_code: code } = order
        const input = { userId, exchangeId, productId, code }
        return once(c, {}, (idempotency) => till.run(cancel, input, idempotency), linkIn(c, 'product_image'))
      },
    )
}
