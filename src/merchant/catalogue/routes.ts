import { Hono } from 'hono'
import { rowIdParam } from '../../contract/wire.ts'
import { type AppEnv, linkIn } from '../../http/env.ts'
import { ok } from '../../http/envelope.ts'
import { once } from '../../http/idempotency.ts'
import { describe } from '../../http/operation-docs.ts'
import { validate } from '../../http/validate.ts'
import { randomId } from '../../lib/random.ts'
import type { Operation } from '../../till/operation.ts'
import type { MerchantDeps } from '../deps.ts'
import { changeStock, createProduct, deleteProducts, editProducts } from './edit-products.ts'
import { readMerchantProducts, readProductStats } from './queries.ts'
import {
  batchDeleteBody,
  batchUpdateBody,
  merchantProduct,
  merchantProductsAnswer,
  merchantProductsQuery,
  productCreation,
  productEdit,
  productStats,
  productsAnswer,
  stockAnswer,
  stockBody,
} from './wire.ts'

/** The catalogue and its stock. */
export function catalogueRoutes({ database, till, caches }: MerchantDeps) {
  /** Runs a change of the catalogue. The next read in this process sees it. */
  const change: typeof till.run = async <Input, Answer>(
    operation: Operation<Input, Answer>,
    input: Input,
    idempotency?: Parameters<typeof till.run>[2],
  ) => {
    const done = await till.run(operation, input, idempotency)
    caches.catalogue.invalidate()
    return done
  }
  return new Hono<AppEnv>()
    .get(
      '/products',
      describe({ summary: 'All products, on sale or not', answer: merchantProductsAnswer, refusals: [2005] }),
      validate('query', merchantProductsQuery),
      async (c) => {
        const { products, pagination } = await readMerchantProducts(database, c.req.valid('query'))
        return ok(c, { products: products.map(linkIn(c, 'image')), pagination })
      },
    )
    .post(
      '/products',
      describe({
        summary: 'Add a product with its first stock',
        answer: merchantProduct,
        refusals: [2005, 6009],
        idempotent: true,
      }),
      validate('json', productCreation, 6009),
      async (c) => {
        const body = c.req.valid('json')
        const { stock, ...fields } = body
        const creation = { fields: given(fields), stock, movementId: randomId('MV'), actorId: c.get('caller').userId }
        return once(c, body, async (idempotency) => {
          const { answer, replayed } = await change(createProduct, creation, idempotency)
          return { answer: linkIn(c, 'image')(answer), replayed }
        })
      },
    )
    .put(
      '/products/:id',
      describe({
        summary: 'Change a product’s fields, except its stock, which only /stock changes',
        answer: merchantProduct,
        refusals: [2005, 4002, 6009],
        idempotent: true,
      }),
      validate('param', rowIdParam, 4002),
      validate('json', productEdit, 6009),
      async (c) => {
        const fields = c.req.valid('json')
        const edits = [{ productId: c.req.valid('param').id, fields: given(fields) }]
        const input = { edits, actorId: c.get('caller').userId }
        return once(c, fields, async (idempotency) => {
          const { answer, replayed } = await change(editProducts, input, idempotency)
          const [product] = answer.products.map(linkIn(c, 'image'))
          return { answer: product ?? {}, replayed }
        })
      },
    )
    .delete(
      '/products/:id',
      describe({
        summary: 'Delete a product; its orders keep it',
        answer: merchantProduct,
        refusals: [2005, 4002],
        idempotent: true,
      }),
      validate('param', rowIdParam, 4002),
      async (c) => {
        const input = { productIds: [c.req.valid('param').id], actorId: c.get('caller').userId }
        return once(c, {}, async (idempotency) => {
          const { answer, replayed } = await change(deleteProducts, input, idempotency)
          const [product] = answer.products.map(linkIn(c, 'image'))
          return { answer: product ?? {}, replayed }
        })
      },
    )
    .route('/', bulkRoutes({ database, change }))
}

type Change = MerchantDeps['till']['run']

function bulkRoutes({ database, change }: { database: MerchantDeps['database']; change: Change }) {
  return new Hono<AppEnv>()
    .post(
      '/products/batch-update',
      describe({
        summary: 'Change up to 100 products, all or nothing',
        answer: productsAnswer,
        refusals: [2005, 4002, 6009],
        idempotent: true,
      }),
      validate('json', batchUpdateBody, 6009),
      async (c) => {
        const body = c.req.valid('json')
        const edits = body.products.map(({ product_id, ...fields }) => ({
          productId: product_id,
          fields: given(fields),
        }))
        const input = { edits, actorId: c.get('caller').userId }
        return once(c, body, async (idempotency) => {
          const { answer, replayed } = await change(editProducts, input, idempotency)
          return { answer: { products: answer.products.map(linkIn(c, 'image')) }, replayed }
        })
      },
    )
    .post(
      '/products/batch-delete',
      describe({
        summary: 'Delete up to 100 products, all or nothing',
        answer: productsAnswer,
        refusals: [2005, 4002, 6009],
        idempotent: true,
      }),
      validate('json', batchDeleteBody, 6009),
      async (c) => {
        const body = c.req.valid('json')
        const input = { productIds: body.product_ids, actorId: c.get('caller').userId }
        return once(c, body, async (idempotency) => {
          const { answer, replayed } = await change(deleteProducts, input, idempotency)
          return { answer: { products: answer.products.map(linkIn(c, 'image')) }, replayed }
        })
      },
    )
    .post(
      '/products/:id/stock',
      describe({
        summary: 'Add to or take from a product’s stock',
        answer: stockAnswer,
        refusals: [2005, 4002, 4004],
        idempotent: true,
      }),
      validate('param', rowIdParam, 4002),
      validate('json', stockBody),
      async (c) => {
        const body = c.req.valid('json')
        const names = {
          productId: c.req.valid('param').id,
          movementId: randomId('MV'),
          actorId: c.get('caller').userId,
        }
        return once(c, body, (idempotency) => change(changeStock, { ...body, ...names }, idempotency))
      },
    )
    .get(
      '/product-stats',
      describe({ summary: 'Counts of products by status', answer: productStats, refusals: [2005] }),
      async (c) => ok(c, await readProductStats(database)),
    )
}

/** Only the fields that were sent. The others stay as they are. */
function given<Fields extends object>(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields
}
