import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { type Product, products, stockMovements, type stockOperations } from './schema.ts'

export interface Movement {
  /** Units in (positive) or out (negative), never 0. */
  change: number
  operation: (typeof stockOperations)[number]
  /** Names the cause. A cause has one movement for each operation. */
  related_id: string
  /** Units sold (positive) or returned (negative), for the product's `sales_count`. */
  sold?: number
}

/**
 * Changes the stock, appends the movement and announces the new stock. Stock moves in no other way. Returns the new
 * stock.
 * @throws {Refusal} 4004 with `available_stock` when the stock would go below 0.
 */
export function moveStock(unit: UnitOfWork<Push>, product: Readonly<Product>, movement: Movement): number {
  const { change, operation, related_id, sold = 0 } = movement
  const stock = product.stock + change
  if (stock < 0) throw new Refusal(4004, { available_stock: product.stock })
  const sales_count = Math.max(0, product.sales_count + sold)
  const stock_seq = product.stock_seq + 1
  unit.update(products, product, { stock, stock_seq, sales_count, updated_at: unit.now })
  unit.append(stockMovements, {
    commodity_id: product.commodity_id,
    quantity_change: change,
    operation,
    related_id,
    created_at: unit.now,
  })
  unit.announce({
    to: 'everyone',
    type: 'stock_update',
    ledger_seq: stock_seq,
    data: {
      product_id: product.commodity_id,
      stock,
      product_name: product.name,
      operation,
      timestamp: unit.now.toISOString(),
    },
  })
  return stock
}
