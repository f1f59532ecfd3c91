import { z } from 'zod'
import { pageQuery, pagination, rowId, timestamp, wholeNumber } from '../contract/wire.ts'
import { orderStatuses } from './schema.ts'

export const submitBody = z.object({
  product_id: rowId,
  quantity: z.int().min(1).max(99).default(1),
})

const order = z.object({
  exchange_id: z.string(),
  exchange_code: z.string(),
  product_id: z.int(),
  product_name: z.string(),
  product_image: z.string().nullable(),
  quantity: z.int(),
  total_points: z.int(),
  status: z.enum(orderStatuses),
  expires_at: timestamp,
  completed_at: timestamp.nullable(),
  created_at: timestamp,
})
export type Order = z.output<typeof order>

export const submitAnswer = order
  .omit({ product_image: true, completed_at: true })
  .extend({ status: z.literal('pending'), remaining_points: z.int() })
export type SubmitAnswer = z.output<typeof submitAnswer>

export const cancelAnswer = order.extend({ remaining_points: z.int() })
export type CancelAnswer = z.output<typeof cancelAnswer>

export const ordersQuery = pageQuery.extend({ status: z.enum(orderStatuses).optional() })
export const ordersAnswer = z.object({ orders: z.array(order), pagination })

export const exchangeIdParam = z.object({ exchange_id: z.string().regex(/^EX_[0-9A-Z]{16}$/) })

const sortKeys = ['sort_order', 'exchange_points', 'stock', 'rating', 'sales_count', 'created_at'] as const

const points = wholeNumber(0, 999_999_999)

export const productsQuery = pageQuery.extend({
  category: z.string().max(50).optional(),
  min_points: points.optional(),
  max_points: points.optional(),
  stock_status: z.enum(['in_stock', 'low_stock', 'sold_out']).optional(),
  sort_by: z.enum(sortKeys).default('sort_order'),
  sort_order: z.enum(['asc', 'desc']).default('asc'),
})
export type ProductsQuery = z.output<typeof productsQuery>

/** The category that means all. No product has it. */
export const allCategories = '全部'

export const productItem = z.object({
  product_id: z.int(),
  name: z.string(),
  description: z.string().nullable(),
  category: z.string(),
  exchange_points: z.int(),
  stock: z.int(),
  image: z.string().nullable(),
  status: z.enum(['active', 'inactive']),
  is_hot: z.boolean(),
  sort_order: z.int(),
  rating: z.number(),
  sales_count: z.int(),
})
export type ProductItem = z.output<typeof productItem>

export const productsAnswer = z.object({ products: z.array(productItem), pagination })
export type ProductsPage = z.output<typeof productsAnswer>
export const categoriesAnswer = z.object({ categories: z.array(z.string()) })
