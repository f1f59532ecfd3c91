import { type Context, Hono } from 'hono'
import { showConsented, waitingAnswer } from '../../approvals/answers.ts'
import { rowIdParam } from '../../contract/wire.ts'
import { type AppEnv, linkIn } from '../../http/env.ts'
import { ok } from '../../http/envelope.ts'
import { once } from '../../http/idempotency.ts'
import { validate } from '../../http/validate.ts'
import { newId } from '../../lib/random.ts'
import { actorOf } from '../../staff/actor.ts'
import { forStaff } from '../../staff/guard.ts'
import type { MerchantDeps } from '../deps.ts'
import { changeStock, createProduct, deleteProducts } from './change-products.ts'
import { editProducts, type ProductEdit, type ProductEdits } from './edit-products.ts'
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
export function catalogueRoutes({ database, till, caches, calendar, now }: MerchantDeps) {
  /** Shows what a change of the catalogue answered. The next read in this process sees the change. */
  const changed: Changed = (show) => (answer) => {
    caches.catalogue.invalidate()
    return show(answer)
  }
  const editing = editingBy({ calendar, now })
  return new Hono<AppEnv>()
    .get(
      '/products',
      forStaff(['catalogue'], { summary: 'All products, on sale or not', answer: merchantProductsAnswer }),
      validate('query', merchantProductsQuery),
      async (c) => {
        const { products, pagination } = await readMerchantProducts(database, c.req.valid('query'))
        return ok(c, { products: products.map(linkIn(c, 'image')), pagination })
      },
    )
    .post(
      '/products',
      forStaff(['catalogue'], {
        summary: 'Add a product with its first stock',
        answer: merchantProduct,
        refusals: [6009],
        idempotent: true,
      }),
      validate('json', productCreation, 6009),
      async (c) => {
        const body = c.req.valid('json')
        const { stock, ...fields } = body
        const creation = { fields: given(fields), stock, movementId: newId('MV'), actor: actorOf(c) }
        return once(
          c,
          body,
          (idempotency) => till.run(createProduct, creation, idempotency),
          changed(linkIn(c, 'image')),
        )
      },
    )
    .put(
      '/products/:id',
      forStaff(['catalogue'], {
        summary: 'Change a product’s fields, except its stock, which only /stock changes',
        answer: merchantProduct.or(waitingAnswer),
        refusals: [4002, 6009, 6013],
        mayWait: true,
        idempotent: true,
      }),
      validate('param', rowIdParam, 4002),
      validate('json', productEdit, 6009),
      async (c) => {
        const fields = c.req.valid('json')
        const input = editing(c, [{ productId: c.req.valid('param').id, fields: given(fields) }])
        return once(
          c,
          fields,
          (idempotency) => till.run(editProducts, input, idempotency),
          changed(showConsented(c, ({ products }) => products.map(linkIn(c, 'image'))[0] ?? {})),
        )
      },
    )
    .delete(
      '/products/:id',
      forStaff(['catalogue'], {
        summary: 'Delete a product; its orders keep it',
        answer: merchantProduct,
        refusals: [4002],
        idempotent: true,
      }),
      validate('param', rowIdParam, 4002),
      async (c) => {
        const input = { productIds: [c.req.valid('param').id], actor: actorOf(c) }
        return once(
          c,
          {},
          (idempotency) => till.run(deleteProducts, input, idempotency),
          changed(({ products }) => products.map(linkIn(c, 'image'))[0] ?? {}),
        )
      },
    )
    .route('/', bulkRoutes({ database, till, changed, editing }))
}

type Changed = <Answer>(show: (answer: Answer) => object) => (answer: Answer) => object

type Editing = (c: Context<AppEnv>, edits: readonly ProductEdit[]) => ProductEdits

const editingBy =
  ({ calendar, now }: Pick<MerchantDeps, 'calendar' | 'now'>): Editing =>
  (c, edits) => ({
    ...{ edits, actor: actorOf(c), newApprovalId: newId('AP') },
    since: calendar.startOf(calendar.dayOf(now())),
  })

type BulkDeps = Pick<MerchantDeps, 'database' | 'till'> & { changed: Changed; editing: Editing }

function bulkRoutes({ database, till, changed, editing }: BulkDeps) {
  return new Hono<AppEnv>()
    .post(
      '/products/batch-update',
      forStaff(['catalogue'], {
        summary: 'Change up to 100 products, all or nothing',
        answer: productsAnswer.or(waitingAnswer),
        refusals: [4002, 6009, 6013],
        mayWait: true,
        idempotent: true,
      }),
      validate('json', batchUpdateBody, 6009),
      async (c) => {
        const body = c.req.valid('json')
        const edits = body.products.map(({ product_id, ...fields }) => ({
          productId: product_id,
          fields: given(fields),
        }))
        return once(
          c,
          body,
          (idempotency) => till.run(editProducts, editing(c, edits), idempotency),
          changed(showConsented(c, ({ products }) => ({ products: products.map(linkIn(c, 'image')) }))),
        )
      },
    )
    .post(
      '/products/batch-delete',
      forStaff(['catalogue'], {
        summary: 'Delete up to 100 products, all or nothing',
        answer: productsAnswer,
        refusals: [4002, 6009],
        idempotent: true,
      }),
      validate('json', batchDeleteBody, 6009),
      async (c) => {
        const body = c.req.valid('json')
        const input = { productIds: body.product_ids, actor: actorOf(c) }
        return once(
          c,
          body,
          (idempotency) => till.run(deleteProducts, input, idempotency),
          changed(({ products }) => ({ products: products.map(linkIn(c, 'image')) })),
        )
      },
    )
    .post(
      '/products/:id/stock',
      forStaff(['catalogue'], {
        summary: 'Add to or take from a product’s stock',
        answer: stockAnswer,
        refusals: [4002, 4004],
        idempotent: true,
      }),
      validate('param', rowIdParam, 4002),
      validate('json', stockBody),
      async (c) => {
        const body = c.req.valid('json')
        const names = {
          productId: c.req.valid('param').id,
          movementId: newId('MV'),
          actor: actorOf(c),
        }
        return once(
          c,
          body,
          (idempotency) => till.run(changeStock, { ...body, ...names }, idempotency),
          changed((answer) => answer),
        )
      },
    )
    .get(
      '/product-stats',
      forStaff(['statistics'], { summary: 'Counts of products by status', answer: productStats }),
      async (c) => ok(c, await readProductStats(database)),
    )
}

/** Only the fields that were sent. The others stay as they are. */
function given<Fields extends object>(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields
}
