import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import { earnings } from '../points/earnings.ts'
import { post } from '../points/post.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { users } from '../users/schema.ts'
import { issueVoucher } from '../vouchers/issue.ts'
import { pendingOrders } from './pending-orders.ts'
import { purchases } from './purchases.ts'
import { orders, type Product, products } from './schema.ts'
import { moveStock } from './stock.ts'
import type { SubmitAnswer } from './wire.ts'

export interface Exchange {
  userId: number
  productId: number
  quantity: number
  exchangeId: string
  code: string
  ttl_days: number
  /** How many orders of a user may wait at the counter; 0: no limit. */
  mostPending: number
  /** Whether a user exchanges only after a first receipt or check-in. */
  holdsBonus: boolean
}

/** Exchanges points for an order and its voucher. Stock and balance never go below zero, whatever runs in parallel. */
export const exchange: Operation<Exchange, SubmitAnswer, Push> = {
  name: 'exchange',
  // All buyers of a product use one lane. In two lanes, each batch would wait for the other's lock on the product's
  // row.
  laneKey: ({ productId }) => productId,
  needs: ({ userId, productId, mostPending, holdsBonus }) => [
    rows(users, userId),
    rows(products, productId),
    {
      mapping: purchases,
      keys: (unit) => (isLimited(unit.find(products, [productId])) ? [[userId, productId]] : []),
    },
    ...(mostPending > 0 ? [rows(pendingOrders, userId)] : []),
    ...(holdsBonus ? [rows(earnings, userId)] : []),
  ],
  decide(unit, input) {
    const { userId, quantity, exchangeId, code } = input
    const product = requireOnSale(unit.find(products, [input.productId]))
    const total = product.exchange_points * quantity
    if (input.holdsBonus && !unit.get(earnings, [userId]).isEarner) throw new Refusal(4010)
    countPurchase(unit, product, input)
    countPending(unit, input)
    const change = { change: -quantity, operation: 'purchase', related_id: exchangeId, sold: quantity } as const
    moveStock(unit, product, change)
    const balance = post(unit, unit.get(users, [userId]), {
      points: -total,
      source: 'exchange',
      related_id: exchangeId,
      description: `兑换 ${product.name} × ${quantity}`,
    })
    const voucher = issueVoucher(unit, {
      code,
      kind: 'product',
      user_id: userId,
      source_id: exchangeId,
      title: product.name,
      quantity,
      ttl_days: input.ttl_days,
    })
    placeOrder(unit, product, input, total, new Date(voucher.expires_at))
    return {
      exchange_id: exchangeId,
      exchange_code: code,
      product_id: product.commodity_id,
      product_name: product.name,
      quantity,
      total_points: total,
      remaining_points: balance,
      status: 'pending',
      expires_at: voucher.expires_at,
      created_at: unit.now.toISOString(),
    }
  },
}

function requireOnSale(product: Readonly<Product> | undefined): Readonly<Product> {
  if (!product || product.status === 'deleted') throw new Refusal(4002)
  if (product.status !== 'active') throw new Refusal(4003)
  return product
}

function isLimited(product: Readonly<Product> | undefined): boolean {
  return product !== undefined && product.per_user_limit !== null
}

function countPurchase(unit: UnitOfWork<Push>, product: Readonly<Product>, { userId, quantity }: Exchange): void {
  const limit = product.per_user_limit
  if (limit === null) return
  const used = unit.get(purchases, [userId, product.commodity_id])
  if (used.quantity + quantity > limit) throw new Refusal(4006, { limit, used: used.quantity })
  unit.update(purchases, used, { quantity: used.quantity + quantity })
}

function countPending(unit: UnitOfWork<Push>, { userId, mostPending }: Exchange): void {
  if (mostPending === 0) return
  const pending = unit.get(pendingOrders, [userId])
  if (pending.orders >= mostPending) throw new Refusal(4009, { limit: mostPending, used: pending.orders })
  unit.update(pendingOrders, pending, { orders: pending.orders + 1 })
}

function placeOrder(
  unit: UnitOfWork<Push>,
  product: Readonly<Product>,
  { userId, quantity, exchangeId, code }: Exchange,
  total: number,
  expires_at: Date,
): void {
  unit.append(orders, {
    exchange_id: exchangeId,
    exchange_code: code,
    user_id: userId,
    commodity_id: product.commodity_id,
    product_name: product.name,
    product_image: product.image,
    quantity,
    total_points: total,
    status: 'pending',
    expires_at,
    completed_at: null,
    created_at: unit.now,
  })
}
