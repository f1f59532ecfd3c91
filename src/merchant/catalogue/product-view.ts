import { productView } from '../../exchange/catalogue.ts'
import type { Product } from '../../exchange/schema.ts'
import type { MerchantProduct } from './wire.ts'

/** A product as merchants see it. The link to its image is as it is stored, not yet absolute. */
export function merchantProductView(product: Readonly<Product>): MerchantProduct {
  return {
    ...productView(product, (link) => link),
    per_user_limit: product.per_user_limit,
    low_stock_threshold: product.low_stock_threshold,
    created_at: product.created_at.toISOString(),
    updated_at: product.updated_at.toISOString(),
  }
}
