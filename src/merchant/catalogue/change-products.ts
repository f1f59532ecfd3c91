import type { Push } from '../../contract/messages.ts'
import { Refusal } from '../../contract/refusals.ts'
import { addProduct, type NewProduct } from '../../exchange/add-product.ts'
import { type Product, products } from '../../exchange/schema.ts'
import { moveStock } from '../../exchange/stock.ts'
import type { StaffActor } from '../../staff/actor.ts'
import { audit, difference } from '../../staff/audit.ts'
import { byStaff } from '../../staff/standing.ts'
import type { Operation } from '../../till/operation.ts'
import { rows } from '../../till/table-mapping.ts'
import type { UnitOfWork } from '../../till/unit-of-work.ts'
import { merchantProductView } from './product-view.ts'
import type { MerchantProduct, StockAnswer } from './wire.ts'

/** Adds a product as one of the staff, who sees all of it. */
export const createProduct: Operation<NewProduct, MerchantProduct, Push> = byStaff('catalogue', {
  ...addProduct,
  name: 'create_product',
  decide(unit, created) {
    addProduct.decide(unit, created)
    return merchantProductView(unit.keepFresh(products))
  },
})

export interface ProductDeletion {
  productIds: readonly number[]
  actor: StaffActor
}

/** Deletes products, all or none. Their orders keep them. */
export const deleteProducts: Operation<ProductDeletion, { products: MerchantProduct[] }, Push> = byStaff('catalogue', {
  name: 'delete_products',
  laneKey: () => 'catalogue',
  needs: ({ productIds }) => [rows(products, ...productIds)],
  decide(unit, { productIds, actor }) {
    const deleted = productIds.map((productId) => {
      const product = requireProduct(unit, productId)
      const changes = difference<Product>(product, { status: 'deleted' })
      unit.update(products, product, { status: 'deleted', updated_at: unit.now })
      const target = `product:${productId}`
      audit(unit, actor, { action: 'product.delete', target, ...changes, details: { name: product.name } })
      return merchantProductView(product)
    })
    return { products: deleted }
  },
})

export interface StockChange {
  productId: number
  /** Units, positive or negative, never 0. */
  change: number
  operation: 'restock' | 'admin_adjust'
  reason: string
  movementId: string
  actor: StaffActor
}

/** The largest stock a product may have. */
const mostStock = 999_999_999

/** Adds to a product's stock, or takes from it. */
export const changeStock: Operation<StockChange, StockAnswer, Push> = byStaff('catalogue', {
  name: 'change_stock',
  laneKey: () => 'catalogue',
  needs: ({ productId }) => [rows(products, productId)],
  decide(unit, { productId, change, operation, reason, movementId, actor }) {
    const product = requireProduct(unit, productId)
    if (product.stock + change > mostStock) {
      throw new Refusal(9000, { issues: [{ path: 'change', message: '库存超过上限' }] })
    }
    const stock = moveStock(unit, product, { change, operation, related_id: movementId })
    audit(unit, actor, {
      action: 'product.stock',
      target: `product:${productId}`,
      before: { stock: stock - change },
      after: { stock },
      details: { change, operation, reason },
    })
    return { product_id: productId, stock }
  },
})

/** @throws {Refusal} 4002 */
export function requireProduct(unit: UnitOfWork<Push>, productId: number): Readonly<Product> {
  const product = unit.find(products, [productId])
  if (!product || product.status === 'deleted') throw new Refusal(4002)
  return product
}
