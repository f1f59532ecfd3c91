import { useSignal } from '@preact/signals'
import { call } from '../../shared/api.ts'
import type { Sent } from '../../shared/calls.ts'
import { complain, say } from '../../shared/parts.tsx'
import { points } from '../../shared/time.ts'
import { askThis } from '../ask.ts'
import { typeInto, useDraft } from '../draft.ts'
import { Movements, useMovements } from '../movements.tsx'
import { type Product, stats, toldStock } from './state.ts'
import { texts } from './texts.ts'

const words = texts.stockForm
const operations = ['restock', 'admin_adjust'] as const

/** What comes in or goes out of a product's stock, at once, and who moved it before. */
export function StockForm({ product: { product_id, stock } }: { product: Product }) {
  const pieces = useDraft(`goods:${product_id}:pieces`)
  const reason = useDraft(`goods:${product_id}:reason`)
  const operation = useSignal<(typeof operations)[number]>('restock')
  const isBusy = useSignal(false)
  const movements = useMovements('product.stock', `product:${product_id}`)
  const submit = async (event: Event) => {
    event.preventDefault()
    const change = /^[+-]?\d{1,7}$/.test(pieces.text.value.trim()) ? Number(pieces.text.value) : 0
    if (change === 0) return say(words.needNumber, true)
    isBusy.value = true
    const wish: Sent<'POST /merchant/products/:id/stock'>['body'] = {
      ...{ change, operation: operation.value, reason: reason.text.value.trim() },
    }
    try {
      const answer = await askThis(`goods:stock:${product_id}`, wish, ({ key, body }) =>
        call('POST /merchant/products/:id/stock', { path: { id: `${product_id}` }, key, body }),
      )
      toldStock(product_id, answer.stock)
      say(words.saved(points(answer.stock)))
      pieces.drop()
      reason.drop()
    } catch (error) {
      complain(error)
    }
    await Promise.all([stats.load(), movements.first()])
    isBusy.value = false
  }
  return (
    <section class="stock-form">
      <h3>
        {words.title} · {words.left(points(stock))}
      </h3>
      <form onSubmit={submit}>
        <fieldset class="choices">
          <legend class="unseen">{words.operation}</legend>
          {operations.map((one) => (
            <button
              key={one}
              type="button"
              class="chip"
              aria-pressed={operation.value === one}
              onClick={() => (operation.value = one)}
            >
              {words[one]}
            </button>
          ))}
        </fieldset>
        <label>
          {words.pieces}
          <input type="text" autocomplete="off" maxLength={8} value={pieces.text} onInput={typeInto(pieces.text)} />
        </label>
        <label>
          {words.reason}
          <input type="text" maxLength={200} value={reason.text} onInput={typeInto(reason.text)} />
        </label>
        <button type="submit" class="second wide" disabled={isBusy.value}>
          {words.save}
        </button>
      </form>
      <Movements list={movements} field="stock" />
    </section>
  )
}
