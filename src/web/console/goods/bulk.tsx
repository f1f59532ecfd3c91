import { useSignal } from '@preact/signals'
import { call } from '../../shared/api.ts'
import type { Sent } from '../../shared/calls.ts'
import { complain, Sheet, say } from '../../shared/parts.tsx'
import { askThis } from '../ask.ts'
import { typeInto, useDraft } from '../draft.ts'
import { chosen, reloadAll } from './state.ts'
import { texts } from './texts.ts'

const words = texts.bulk
type Fields = Omit<Sent<'POST /merchant/products/batch-update'>['body']['products'][number], 'product_id'>

/** What can be done with the products that were chosen. */
export function BulkBar({ all }: { all: readonly number[] }) {
  const isOpen = useSignal(false)
  const count = chosen.value.size
  if (count === 0) return null
  return (
    <div class="bulk-bar" role="status">
      <b>{words.chosen(count)}</b>
      <button type="button" class="link" onClick={() => (chosen.value = new Set(all.slice(0, 100)))}>
        {words.all}
      </button>
      <button type="button" class="link" onClick={() => (chosen.value = new Set())}>
        {words.clear}
      </button>
      <button type="button" class="main" onClick={() => (isOpen.value = true)}>
        {words.open}
      </button>
      {isOpen.value && <BulkSheet onClose={() => (isOpen.value = false)} />}
    </div>
  )
}

function BulkSheet({ onClose }: { onClose: () => void }) {
  const ids = [...chosen.value]
  const status = useDraft('goods:bulk:status')
  const hot = useDraft('goods:bulk:hot')
  const category = useDraft('goods:bulk:category')
  const price = useDraft('goods:bulk:points')
  const isBusy = useSignal(false)
  const isRemoving = useSignal(false)
  const fields: Fields = {
    ...(status.text.value === 'active' || status.text.value === 'inactive' ? { status: status.text.value } : {}),
    ...(hot.text.value === '' ? {} : { is_hot: hot.text.value === 'yes' }),
    ...(category.text.value.trim() === '' ? {} : { category: category.text.value.trim() }),
    ...(price.text.value.trim() === '' ? {} : { exchange_points: Number(price.text.value) }),
  }
  const run = async (task: () => Promise<string>) => {
    isBusy.value = true
    try {
      say(await task())
      for (const one of [status, hot, category, price]) one.drop()
      chosen.value = new Set()
      onClose()
    } catch (error) {
      complain(error)
    }
    await reloadAll()
    isBusy.value = false
  }
  const apply = () =>
    run(async () => {
      const wish = { products: ids.map((product_id) => ({ product_id, ...fields })) }
      const answer = await askThis('goods:bulk', wish, ({ key, body }) =>
        call('POST /merchant/products/batch-update', { key, body }),
      )
      return 'approval_status' in answer ? texts.waiting : words.done(answer.products.length)
    })
  const remove = () =>
    run(async () => {
      const { products } = await askThis('goods:bulk-remove', { product_ids: ids }, ({ key, body }) =>
        call('POST /merchant/products/batch-delete', { key, body }),
      )
      return words.removed(products.length)
    })
  const isPrice = price.text.value.trim() === '' || /^[1-9]\d{0,7}$/.test(price.text.value.trim())
  const isReady = isPrice && Object.keys(fields).length > 0
  return (
    <Sheet title={words.title(ids.length)} onClose={onClose}>
      <p class="hint">{words.hint}</p>
      <div class="pair">
        <label>
          {words.status}
          <select value={status.text.value} onChange={typeInto(status.text)}>
            <option value="">{words.keep}</option>
            <option value="active">{texts.show.active}</option>
            <option value="inactive">{texts.show.inactive}</option>
          </select>
        </label>
        <label>
          {words.is_hot}
          <select value={hot.text.value} onChange={typeInto(hot.text)}>
            <option value="">{words.keep}</option>
            <option value="yes">{words.yes}</option>
            <option value="no">{words.no}</option>
          </select>
        </label>
        <label>
          {texts.fields.category}
          <input
            type="text"
            maxLength={50}
            placeholder={words.keep}
            value={category.text}
            onInput={typeInto(category.text)}
          />
        </label>
        <label>
          {texts.fields.exchange_points}
          <input
            type="text"
            inputMode="numeric"
            maxLength={8}
            placeholder={words.keep}
            value={price.text}
            onInput={typeInto(price.text)}
          />
        </label>
      </div>
      <p class={isPrice ? 'hint' : 'trouble'} role="status">
        {isPrice ? !isReady && words.nothing : texts.faults.exchange_points}
      </p>
      <button type="button" class="main wide" disabled={!isReady || isBusy.value} onClick={apply}>
        {words.apply}
      </button>
      <button
        type="button"
        class={isRemoving.value ? 'main' : 'link'}
        disabled={isBusy.value}
        onClick={() => {
          if (isRemoving.value) void remove()
          else isRemoving.value = true
        }}
      >
        {isRemoving.value ? words.removeSure(ids.length) : words.remove}
      </button>
    </Sheet>
  )
}
