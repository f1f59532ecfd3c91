import type { Push } from '../contract/messages.ts'
import type { Actor } from '../staff/actor.ts'
import { audit } from '../staff/audit.ts'
import type { Operation } from '../till/operation.ts'
import { type Product, products } from './schema.ts'
import { moveStock } from './stock.ts'

/** A new product. Its stock is added as a movement. */
export interface NewProduct {
  fields: Pick<Product, 'name' | 'category' | 'exchange_points'> &
    Partial<Omit<Product, 'commodity_id' | 'stock' | 'stock_seq' | 'created_at' | 'updated_at'>>
  stock: number
  /** Names the first movement. */
  movementId: string
  actor: Actor
}

/** Adds a product to the catalogue, with its first stock. */
export const addProduct: Operation<NewProduct, { product_id: number }, Push> = {
  name: 'add_product',
  laneKey: () => 'catalogue',
  needs: ({ fields }) => [{ mapping: products, fresh: fields }],
  decide(unit, { fields, stock, movementId, actor }) {
    const product = unit.keepFresh(products)
    unit.update(products, product, { created_at: unit.now, updated_at: unit.now })
    if (stock > 0) moveStock(unit, product, { change: stock, operation: 'restock', related_id: movementId })
    const target = `product:${product.commodity_id}`
    audit(unit, actor, { action: 'product.create', target, after: { ...fields, stock } })
    return { product_id: product.commodity_id }
  },
}
