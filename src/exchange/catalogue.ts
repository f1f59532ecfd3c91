import { paginationOf } from '../contract/wire.ts'
import type { Database } from '../db/client.ts'
import { allColumnsOf } from '../db/table-rows.ts'
import { type Cached, cached } from '../lib/cached.ts'
import { type Product, productsTable } from './schema.ts'
import { allCategories, type ProductItem, type ProductsPage, type ProductsQuery } from './wire.ts'

/** A cache of every product that is not deleted. They are read all the time and change rarely. */
export type Catalogue = Cached<readonly Product[]>

const maxAge_ms = 1_000

export function createCatalogue(database: Database): Catalogue {
  return cached(() => readProducts(database), maxAge_ms)
}

const columns = allColumnsOf(productsTable)
const sql = `SELECT ${columns.sql} FROM products WHERE status IN ('active', 'inactive') ORDER BY sort_order, commodity_id`

/** Reads every product that is not deleted. The query lists the other statuses, as no index serves `<> 'deleted'`. */
export async function readProducts(database: Database): Promise<Product[]> {
  return (await database.query<Product>(sql)).map((product) => columns.decode(product))
}

/** One page of the products on sale that match the query. */
export function productsPage(
  catalogue: readonly Product[],
  query: ProductsQuery,
  absolute: (path: string) => string,
): ProductsPage {
  const selected = selectProducts(catalogue, query)
  const page = selected.slice((query.page - 1) * query.limit, query.page * query.limit)
  return {
    products: page.map((product) => productView(product, absolute)),
    pagination: paginationOf(query, selected.length),
  }
}

/** The products on sale that match the query, sorted. Equal ones are in the order of their ids. */
function selectProducts(catalogue: readonly Product[], query: ProductsQuery): Product[] {
  const { category, min_points = 0, max_points = Number.POSITIVE_INFINITY, stock_status } = query
  const selected = catalogue.filter(
    (product) =>
      product.status === 'active' &&
      isOfCategory(product, category) &&
      product.exchange_points >= min_points &&
      product.exchange_points <= max_points &&
      (!stock_status || hasStockStatus(product, stock_status)),
  )
  const direction = query.sort_order === 'asc' ? 1 : -1
  const by = (product: Product) => Number(product[query.sort_by])
  return selected.sort((a, b) => direction * (by(a) - by(b)) || a.commodity_id - b.commodity_id)
}

/** Always true without a category, and for the category that means all. */
export function isOfCategory(product: Product, category: string | undefined): boolean {
  return !category || category === allCategories || product.category === category
}

/** The categories of the products on sale, after the one that means all. */
export function categoriesOf(catalogue: readonly Product[]): string[] {
  const onSale = catalogue.filter((product) => product.status === 'active')
  return [allCategories, ...new Set(onSale.map((product) => product.category))]
}

export function productView(product: Product, absolute: (path: string) => string): ProductItem {
  return {
    product_id: product.commodity_id,
    name: product.name,
    description: product.description,
    category: product.category,
    exchange_points: product.exchange_points,
    stock: product.stock,
    image: product.image === null ? null : absolute(product.image),
    status: product.status === 'active' ? 'active' : 'inactive',
    is_hot: product.is_hot,
    sort_order: product.sort_order,
    rating: product.rating,
    sales_count: product.sales_count,
  }
}

/** True when the product's stock has this status. `low_stock` products are in stock too. */
export function hasStockStatus(
  { stock, low_stock_threshold }: Product,
  status: ProductsQuery['stock_status'],
): boolean {
  if (status === 'sold_out') return stock === 0
  return stock > 0 && (status === 'in_stock' || stock <= low_stock_threshold)
}
