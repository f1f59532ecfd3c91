import { useSignal } from '@preact/signals'
import { call } from '../../shared/api.ts'
import { complain, Sheet, say } from '../../shared/parts.tsx'
import { askThis } from '../ask.ts'
import { creationOf, editOf, type Form, faultOf, useForm } from './form.ts'
import { PhotoField } from './photo-field.tsx'
import { categories, closeItem, type Product, reloadAll } from './state.ts'
import { StockForm } from './stock-form.tsx'
import { texts } from './texts.ts'

type Typed = { [Field in keyof Form]: Form[Field] extends string ? Field : never }[keyof Form]

/** A product's fields and its stock; without a product, a new one. */
export function ProductSheet({ product }: { product: Product | undefined }) {
  const { form, isChanged, changed, set, drop } = useForm(product)
  const isBusy = useSignal(false)
  const fault = faultOf(form)
  const save = async (event: Event) => {
    event.preventDefault()
    isBusy.value = true
    try {
      if (product) await change(product, form, changed)
      else await create(form)
      drop()
      closeItem()
    } catch (error) {
      complain(error)
    }
    await reloadAll()
    isBusy.value = false
  }
  return (
    <Sheet title={product ? texts.edit(product.name) : texts.create} onClose={closeItem}>
      <form class="product-form" onSubmit={save}>
        <PhotoField image={form.image} onImage={(image) => set({ image })} />
        <Fields form={form} set={set} isNew={!product} />
        <p class={fault ? 'trouble' : 'hint'} role="status">
          {isChanged && (fault ? texts.faults[fault] : texts.unsaved)}
        </p>
        <div class="beside">
          <button type="submit" class="main" disabled={!isChanged || fault !== undefined || isBusy.value}>
            {texts.save}
          </button>
          <button type="button" class="second" disabled={!isChanged} onClick={drop}>
            {texts.undo}
          </button>
        </div>
      </form>
      {product && <StockForm product={product} />}
      {product && <Remove product={product} />}
    </Sheet>
  )
}

async function change({ product_id }: Product, form: Form, changed: readonly (keyof Form)[]): Promise<void> {
  const answer = await askThis(`goods:edit:${product_id}`, editOf(form, changed), ({ key, body }) =>
    call('PUT /merchant/products/:id', { path: { id: `${product_id}` }, key, body }),
  )
  say('approval_status' in answer ? texts.waiting : texts.saved)
}

async function create(form: Form): Promise<void> {
  const { name } = await askThis('goods:create', creationOf(form), ({ key, body }) =>
    call('POST /merchant/products', { key, body }),
  )
  say(texts.created(name))
}

interface FieldsProps {
  form: Form
  set: (changes: Partial<Form>) => void
  isNew: boolean
}

function Fields({ form, set, isNew }: FieldsProps) {
  const field = (name: Typed, more: { numeric?: boolean; maxLength?: number; list?: string } = {}) => (
    <label>
      {texts.fields[name]}
      <input
        type="text"
        inputMode={more.numeric ? 'numeric' : 'text'}
        autocomplete="off"
        maxLength={more.maxLength ?? 8}
        list={more.list}
        value={form[name]}
        onInput={({ currentTarget }) => set({ [name]: currentTarget.value })}
      />
    </label>
  )
  const check = (name: 'is_hot' | 'isActive') => (
    <label class="check">
      <input
        type="checkbox"
        checked={form[name]}
        onChange={({ currentTarget }) => set({ [name]: currentTarget.checked })}
      />
      <span>{texts.fields[name]}</span>
    </label>
  )
  return (
    <>
      {field('name', { maxLength: 100 })}
      <label>
        {texts.fields.description}
        <textarea
          rows={2}
          maxLength={2_000}
          value={form.description}
          onInput={({ currentTarget }) => set({ description: currentTarget.value })}
        />
      </label>
      <div class="pair">
        {field('category', { maxLength: 50, list: 'known-categories' })}
        {field('exchange_points', { numeric: true })}
        {field('per_user_limit', { numeric: true })}
        {field('low_stock_threshold', { numeric: true })}
        {field('sort_order')}
        {isNew && field('stock', { numeric: true })}
      </div>
      <datalist id="known-categories">
        {categories.value.value?.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {check('isActive')}
      {check('is_hot')}
    </>
  )
}

function Remove({ product: { product_id, name } }: { product: Product }) {
  const isAsking = useSignal(false)
  const remove = async () => {
    try {
      await askThis(`goods:remove:${product_id}`, {}, ({ key }) =>
        call('DELETE /merchant/products/:id', { path: { id: `${product_id}` }, key }),
      )
      say(texts.removed)
      closeItem()
    } catch (error) {
      complain(error)
    }
    await reloadAll()
  }
  return isAsking.value ? (
    <button type="button" class="main wide" onClick={remove}>
      {texts.removeSure(name)}
    </button>
  ) : (
    <button type="button" class="link" onClick={() => (isAsking.value = true)}>
      {texts.remove}
    </button>
  )
}
