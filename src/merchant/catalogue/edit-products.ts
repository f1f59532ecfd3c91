import { createHash } from 'node:crypto'
import type { Alerting } from '../../alerts/alert.ts'
import { type Asking, consentNeeds, consentTo, type Waiting } from '../../approvals/consent.ts'
import type { Reason } from '../../approvals/schema.ts'
import type { Push } from '../../contract/messages.ts'
import { Refusal } from '../../contract/refusals.ts'
import { type Product, products } from '../../exchange/schema.ts'
import { audit, difference } from '../../staff/audit.ts'
import { byStaff } from '../../staff/standing.ts'
import type { Operation } from '../../till/operation.ts'
import { rows } from '../../till/table-mapping.ts'
import type { UnitOfWork } from '../../till/unit-of-work.ts'
import { requireProduct } from './change-products.ts'
import { cutsOf, noteEdit, openingTerms, type Terms, termsOf } from './opening-terms.ts'
import { merchantProductView } from './product-view.ts'
import type { MerchantProduct, ProductFields } from './wire.ts'

export interface ProductEdit {
  productId: number
  fields: ProductFields
}

export interface ProductEdits extends Asking {
  edits: readonly ProductEdit[]
  /** The start of the business day: a price is measured by the one that the day began with. */
  since: Date
  /** The terms that somebody agreed to change, of each product; they must be the same still. */
  agreedOn?: readonly Terms[] | undefined
}

/** What is kept of edits that wait for consent. */
export interface EditsRequest {
  edits: readonly ProductEdit[]
  agreedOn: readonly Terms[]
}

const idsOf = ({ edits }: Pick<ProductEdits, 'edits'>) => edits.map(({ productId }) => productId)

function subjectOf(input: Pick<ProductEdits, 'edits'>): string {
  const ids = idsOf(input).toSorted((a, b) => a - b)
  if (ids.length === 1) return `product:${ids[0]}`
  return `products:${createHash('sha256').update(ids.join()).digest('hex').slice(0, 32)}`
}

/**
 * Changes products, all or none. Their stock is not among the fields. A price or a limit that is cut below half waits for
 * consent, with whatever else is changed with it.
 */
export const editProducts: Operation<ProductEdits, ({ products: MerchantProduct[] } & Alerting) | Waiting, Push> =
  byStaff('catalogue', {
    name: 'edit_products',
    laneKey: () => 'catalogue',
    needs: (input) => [
      rows(products, ...idsOf(input)),
      { mapping: openingTerms, keys: idsOf(input).map((id) => [id, input.since.toISOString()]) },
      ...consentNeeds(subjectOf(input)),
    ],
    decide(unit, input) {
      const edits = input.edits.map(({ productId, fields }) => ({ product: requireProduct(unit, productId), fields }))
      requireAgreed(edits, input)
      const consent = consentTo(unit, input, wishOf(unit, edits, input))
      if (consent.waiting) return consent.waiting
      const { details, alerts } = consent
      const edited = edits.map(({ product, fields }) => {
        const changes = difference<Product>(product, fields as Partial<Product>)
        noteEdit(unit, product, input.since, details)
        unit.update(products, product, { ...fields, updated_at: unit.now })
        const target = `product:${product.commodity_id}`
        audit(unit, input.actor, { action: 'product.edit', target, ...changes, details })
        return merchantProductView(product)
      })
      return alerts.length > 0 ? { products: edited, alerts } : { products: edited }
    },
  })

type Edit = { product: Readonly<Product>; fields: ProductFields }

/** @throws {Refusal} 6004 when a price or limit is no more the one that somebody agreed to change */
function requireAgreed(edits: readonly Edit[], { agreedOn }: ProductEdits): void {
  if (
    !agreedOn ||
    Bun.deepEquals(
      edits.map(({ product }) => termsOf(product)),
      agreedOn,
    )
  )
    return
  throw new Refusal(6004, { current_status: 'changed' }, { sentence: '商品的价格或限购已被改动，请驳回后重新申请' })
}

function wishOf(unit: UnitOfWork<Push>, edits: readonly Edit[], input: ProductEdits) {
  const cuts = edits.flatMap(({ product, fields }) => cutsOf(unit, product, fields, input.since))
  const changes = edits.map(({ product, fields }) => ({
    id: product.commodity_id,
    ...difference<Product>(product, fields as Partial<Product>),
  }))
  const request: EditsRequest = { edits: input.edits, agreedOn: edits.map(({ product }) => termsOf(product)) }
  const states = (side: 'before' | 'after') => Object.fromEntries(changes.map((change) => [change.id, change[side]]))
  return {
    ...({ kind: 'product', subject: subjectOf(input), forUser: null, points: null, request } as const),
    reasons: [...new Set<Reason>(cuts)],
    before: states('before'),
    after: states('after'),
  }
}
