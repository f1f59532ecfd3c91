import type { z } from 'zod'
import { paginationOf } from '../../contract/wire.ts'
import type { Database } from '../../db/client.ts'
import { hasStockStatus, isOfCategory, readProducts } from '../../exchange/catalogue.ts'
import { merchantProductView } from './product-view.ts'
import type { merchantProductsQuery, productStats } from './wire.ts'

/** A page of the catalogue, on sale or not, as it is committed now. */
export async function readMerchantProducts(database: Database, query: z.output<typeof merchantProductsQuery>) {
  const { status, category, stock_status, keyword } = query
  const selected = (await readProducts(database)).filter(
    (product) =>
      (!status || product.status === status) &&
      isOfCategory(product, category) &&
      (!stock_status || hasStockStatus(product, stock_status)) &&
      (!keyword || product.name.toLowerCase().includes(keyword.toLowerCase())),
  )
  const page = selected.slice((query.page - 1) * query.limit, query.page * query.limit)
  return { products: page.map(merchantProductView), pagination: paginationOf(query, selected.length) }
}

/** How many products are on sale and off sale, and how many on sale have little or no stock left. */
export async function readProductStats(database: Database): Promise<z.output<typeof productStats>> {
  const kept = await readProducts(database)
  const active = kept.filter(({ status }) => status === 'active')
  return {
    active_count: active.length,
    inactive_count: kept.length - active.length,
    low_stock_count: active.filter(({ stock, low_stock_threshold }) => stock <= low_stock_threshold).length,
    total_count: kept.length,
  }
}
