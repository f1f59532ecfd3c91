import type { AnswerAliases } from '../answers.ts'
import { absent, anyCase, each, meaning, renamed, rule, valued } from '../requests.ts'
import type { DialectTable } from '../route-dialect.ts'
import { hasMore, pageAliases } from './people.ts'

const productNames = [renamed('commodity_id', 'product_id'), renamed('id', 'product_id')]

const product: AnswerAliases = { copies: { id: 'product_id', commodity_id: 'product_id' } }
const productPage: AnswerAliases = {
  lists: { products: product },
  copies: { page: 'pagination.page', total: 'pagination.total' },
  made: { has_more: hasMore },
}

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
  // Any other one is refused as a `sort_by`.
  renamed('sort', 'sort_by'),
]

/** A link of ours as it was answered, sent back by an editor. */
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
const productFields = [...anyCase('status'), ...valued('status', { offline: 'inactive' }), ownImage, noImage]

/** `/api/exchange`, and the merchants' catalogue. */
export const exchange: DialectTable = {
  'GET /api/exchange/products': {
    query: [
      ...pageAliases,
      ...absent('category', 'all'),
      ...anyCase('stock_status', 'sort_by', 'sort_order'),
      ...sorts,
    ],
    answer: productPage,
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
    answer: productPage,
  },
  'POST /api/merchant/products': { json: productFields, answer: product },
  'PUT /api/merchant/products/:id': { json: productFields, answer: product },
  'DELETE /api/merchant/products/:id': { answer: product },
  'POST /api/merchant/products/batch-update': {
    json: each('products', [...productNames, ...productFields]),
    answer: { lists: { products: product } },
  },
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
