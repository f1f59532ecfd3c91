import { z } from 'zod'
import { line, pageQuery, pagination, prose, rowId, timestamp } from '../../contract/wire.ts'
import { allCategories, productItem } from '../../exchange/wire.ts'

const ownImage = /^https?:\/\/[^/?#]+(\/product-images\/[A-Z0-9]+\.jpg)$/

/**
 * An https link, or a path of this service. Of the link to an uploaded picture only the path is stored, so that it stays
 * valid at another address.
 */
const image = z
  .string()
  .max(512)
  .transform((link) => ownImage.exec(link)?.[1] ?? link)
  .refine((link) => /^\/[^/\\]/.test(link) || (URL.canParse(link) && link.startsWith('https://')), '应为 https 链接')

const fields = {
  name: line(100).min(1),
  description: prose(2_000).nullable(),
  category: line(50)
    .min(1)
    .refine((category) => category !== allCategories, `不能是“${allCategories}”`),
  exchange_points: z.int().min(1).max(99_999_999),
  image: image.nullable(),
  status: z.enum(['active', 'inactive']),
  is_hot: z.boolean(),
  sort_order: z.int().min(-1_000_000).max(1_000_000),
  rating: z.number().min(0).max(5).multipleOf(0.1),
  per_user_limit: z.int().min(1).max(1_000_000).nullable(),
  low_stock_threshold: z.int().min(0).max(1_000_000),
}

/** Any of a product's fields, except its stock: only `/stock` moves that, even if an editor sends it here. */
export const productEdit = z.object(fields).partial()
export type ProductFields = { [Field in keyof typeof fields]?: z.output<(typeof fields)[Field]> | undefined }

export const productCreation = productEdit
  .required({ name: true, category: true, exchange_points: true })
  .extend({ stock: z.int().min(0).max(1_000_000).default(0) })

const mostProducts = 100

export const batchUpdateBody = z.object({
  products: z
    .array(productEdit.extend({ product_id: rowId }))
    .min(1)
    .max(mostProducts)
    .refine((edits) => new Set(edits.map((edit) => edit.product_id)).size === edits.length, '商品重复'),
})

export const batchDeleteBody = z.object({
  product_ids: z
    .array(rowId)
    .min(1)
    .max(mostProducts)
    .refine((ids) => new Set(ids).size === ids.length, '商品重复'),
})

export const stockBody = z.object({
  change: z
    .int()
    .min(-1_000_000)
    .max(1_000_000)
    .refine((change) => change !== 0, '不能为 0'),
  operation: z.enum(['restock', 'admin_adjust']),
  reason: line(200).default(''),
})

export const stockAnswer = z.object({ product_id: z.int(), stock: z.int() })
export type StockAnswer = z.output<typeof stockAnswer>

/** A product as merchants see it. */
export const merchantProduct = productItem.extend({
  per_user_limit: z.int().nullable(),
  low_stock_threshold: z.int(),
  created_at: timestamp,
  updated_at: timestamp,
})
export type MerchantProduct = z.output<typeof merchantProduct>

export const merchantProductsQuery = pageQuery.extend({
  status: z.enum(['active', 'inactive']).optional(),
  category: z.string().max(50).optional(),
  stock_status: z.enum(['in_stock', 'low_stock', 'sold_out']).optional(),
  keyword: z.string().trim().max(100).optional(),
})

export const merchantProductsAnswer = z.object({ products: z.array(merchantProduct), pagination })
export const productsAnswer = z.object({ products: z.array(merchantProduct) })

export const productStats = z.object({
  active_count: z.int(),
  inactive_count: z.int(),
  low_stock_count: z.int(),
  total_count: z.int(),
})
