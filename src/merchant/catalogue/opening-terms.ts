import type { Push } from '../../contract/messages.ts'
import type { Product } from '../../exchange/schema.ts'
import { lockOrder } from '../../lock-order.ts'
import { derivedMapping } from '../../till/table-mapping.ts'
import type { UnitOfWork } from '../../till/unit-of-work.ts'
import type { ProductFields } from './wire.ts'

/** What a product costs, and how many of it one person may have. */
export type Terms = Pick<Product, 'exchange_points' | 'per_user_limit'>

const termNames = ['exchange_points', 'per_user_limit'] as const
const reasons = { exchange_points: 'price', per_user_limit: 'limit' } as const

export const termsOf = ({ exchange_points, per_user_limit }: Readonly<Terms>): Terms => ({
  exchange_points,
  per_user_limit,
})

/** The terms with which a product's day began, or those since somebody agreed to a cut; empty while they are unchanged. */
interface OpeningTerms {
  product_id: number
  /** ISO 8601, the start of the business day. */
  since: string
  opening: Partial<Terms>
}

interface EditRow {
  target: string
  state_before: unknown
  details: unknown
}

/**
 * Read from the audit log while the product's row is locked. Cuts are measured by these terms, so that a price can't be
 * halved many times a day.
 */
export const openingTerms = derivedMapping<OpeningTerms, 'opening'>({
  name: 'opening_terms',
  rank: lockOrder.openingTerms,
  updates: ['opening'],
  keyOf: ({ product_id, since }) => [product_id, since],
  async load(tx, keys) {
    const starts = keys.map(([, since]) => new Date(String(since)).getTime())
    const found = await tx.query<EditRow>(
      `SELECT target, state_before, details FROM audit_log
        WHERE target IN (?) AND action = 'product.edit' AND created_at >= ? ORDER BY audit_id`,
      [keys.map(([id]) => `product:${id}`), new Date(Math.min(...starts))],
    )
    return keys.map(([id, since]) => {
      const edits = found.filter(({ target }) => target === `product:${id}`)
      return { product_id: Number(id), since: String(since), opening: openingOf(edits) }
    })
  },
})

const parsed = (json: unknown) => (typeof json === 'string' ? JSON.parse(json) : json) as Record<string, unknown> | null

function openingOf(edits: readonly EditRow[]): Partial<Terms> {
  const agreed = edits.findLastIndex(({ details }) => isAgreed(parsed(details) ?? {}))
  const states = edits.slice(agreed + 1).map(({ state_before }) => parsed(state_before) ?? {})
  const first = (name: string) => states.find((state) => name in state)?.[name]
  return Object.fromEntries(
    termNames.map((name) => [name, first(name)]).filter(([, value]) => value !== undefined),
  ) as Partial<Terms>
}

function isAgreed(details: object): boolean {
  return 'approval_id' in details || 'alone' in details
}

/** Which terms of a product an edit cuts below half of those that its day began with. */
export function cutsOf(unit: UnitOfWork<Push>, product: Readonly<Product>, fields: ProductFields, since: Date) {
  const { opening } = unit.get(openingTerms, [product.commodity_id, since.toISOString()])
  return termNames
    .filter((name) => {
      const [wanted, present] = [fields[name], product[name]]
      const began = opening[name] === undefined ? present : opening[name]
      return typeof wanted === 'number' && began !== null && wanted < (present ?? Infinity) && wanted * 2 < began
    })
    .map((name) => reasons[name])
}

/** Notes an edit for the later ones of its batch, before the product is changed. */
export function noteEdit(unit: UnitOfWork<Push>, product: Readonly<Product>, since: Date, details: object): void {
  const figure = unit.get(openingTerms, [product.commodity_id, since.toISOString()])
  const opening = isAgreed(details) ? {} : { ...termsOf(product), ...figure.opening }
  unit.update(openingTerms, figure, { opening })
}
