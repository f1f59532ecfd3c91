import type { AnswerAliases } from '../answers.ts'
import { absent, anyCase, each, isFields, meaning, renamed, rule, temporary, valued } from '../requests.ts'
import type { DialectTable, RouteDialect } from '../route-dialect.ts'
import { hasMore, pageAliases } from './people.ts'

const productNames = [renamed('commodity_id', 'product_id'), renamed('id', 'product_id')]

const product: AnswerAliases = {
  copies: { id: 'product_id', commodity_id: 'product_id', created_time: 'created_at' },
}
const pageOf = (item: AnswerAliases): AnswerAliases => ({
  lists: { products: item },
  copies: { page: 'pagination.page', total: 'pagination.total' },
  made: { has_more: hasMore },
})

/** The contract's products for diners have no creation time, so it is queried. */
const goods: AnswerAliases = {
  copies: { id: 'product_id', commodity_id: 'product_id' },
  made: {
    created_time: ({ product_id }, { figures }) =>
      (figures.createdAt as ProductTimes | undefined)?.get(Number(product_id))?.toISOString(),
  },
}
type ProductTimes = ReadonlyMap<number, Date>

const order: AnswerAliases = {
  copies: { points_cost: 'total_points', order_no: 'exchange_id', order_id: 'exchange_id' },
}

const sorts = [
  ...anyCase('sort'),
  ...absent('sort', 'default'),
  meaning('sort', 'points', { sort_by: 'exchange_points' }),
  meaning('sort', 'points-asc', { sort_by: 'exchange_points', sort_order: 'asc' }),
  meaning('sort', 'points-desc', { sort_by: 'exchange_points', sort_order: 'desc' }),
  meaning('sort', 'stock-desc', { sort_by: 'stock', sort_order: 'desc' }),
  meaning('sort', 'rating-desc', { sort_by: 'rating', sort_order: 'desc' }),
  // Any other value is refused as a `sort_by`.
  renamed('sort', 'sort_by'),
]

/** An editor sends back a link to this service as it got it: it becomes the stored path. */
const ownImage = rule('image of ours', (fields, { baseUrl }) => {
  const { image } = fields
  if (typeof image !== 'string' || !image.startsWith(`${baseUrl}/`)) return false
  fields.image = image.slice(baseUrl.length)
  return true
})
const noImage = rule('image=', (fields) => {
  if (fields.image !== '') return false
  fields.image = null
  return true
})
const productFields = [
  ...anyCase('status'),
  ...valued('status', { offline: 'inactive' }),
  temporary('image'),
  ownImage,
  noImage,
]

const mostEdits = 100
const editable = [
  'name',
  'description',
  'category',
  'exchange_points',
  'image',
  'status',
  'is_hot',
  'sort_order',
  'rating',
  'per_user_limit',
  'low_stock_threshold',
]

/** One edit for a list of products. The schema refuses a list that is malformed or too long. */
const idsWithOneEdit = rule('product_ids', (fields) => {
  if (!Object.hasOwn(fields, 'product_ids') || Object.hasOwn(fields, 'products')) return false
  const { product_ids: ids, updates } = fields
  const edit = Object.entries(isFields(updates) ? updates : fields).filter(([field]) => editable.includes(field))
  const isExpanded = Array.isArray(ids) && ids.length <= mostEdits
  fields.products = isExpanded ? ids.map((product_id: unknown) => ({ ...Object.fromEntries(edit), product_id })) : ids
  return true
})
const batchEdit: RouteDialect = {
  json: [idsWithOneEdit, renamed('updates', 'products'), ...each('products', [...productNames, ...productFields])],
  answer: { lists: { products: product } },
}

/** `/api/exchange`, and the merchants' catalogue. */
export const exchange: DialectTable = {
  'GET /api/exchange/products': {
    query: [
      ...pageAliases,
      ...absent('category', 'all'),
      ...anyCase('stock_status', 'sort_by', 'sort_order'),
      ...sorts,
    ],
    figures: 'productTimes',
    answer: pageOf(goods),
  },
  'POST /api/exchange/submit': { json: productNames, answer: order },
  'GET /api/exchange/orders': {
    query: [...pageAliases, ...anyCase('status'), ...absent('status', 'all')],
    answer: { lists: { orders: order }, copies: { records: 'orders', total: 'pagination.total' } },
  },
  'POST /api/exchange/orders/:exchange_id/cancel': { answer: order },
  'GET /api/merchant/products': {
    query: [
      ...pageAliases,
      ...absent('category', 'all'),
      ...anyCase('status', 'stock_status'),
      ...absent('status', 'all'),
      ...valued('status', { offline: 'inactive' }),
    ],
    answer: pageOf(product),
  },
  'POST /api/merchant/products': { json: productFields, answer: product },
  'PUT /api/merchant/products/:id': { json: productFields, answer: product },
  'DELETE /api/merchant/products/:id': { answer: product },
  'POST /api/merchant/products/batch-update': {
    json: each('products', [...productNames, ...productFields]),
    answer: { lists: { products: product } },
  },
  'PUT /api/merchant/product-batch': batchEdit,
  'DELETE /api/merchant/product-batch': { answer: { lists: { products: product } } },
  'POST /api/merchant/products/:id/stock': { json: anyCase('operation'), answer: product },
  'GET /api/merchant/product-stats': {
    answer: {
      copies: {
        activeCount: 'active_count',
        offlineCount: 'inactive_count',
        lowStockCount: 'low_stock_count',
        totalCount: 'total_count',
      },
    },
  },
}
