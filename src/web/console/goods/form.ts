import type { Sent } from '../../shared/calls.ts'
import { useDraft } from '../draft.ts'
import type { Product } from './state.ts'

/** A product as somebody types it. */
export interface Form {
  name: string
  description: string
  category: string
  exchange_points: string
  per_user_limit: string
  low_stock_threshold: string
  sort_order: string
  stock: string
  is_hot: boolean
  isActive: boolean
  image: string | null
}

type Creation = Sent<'POST /merchant/products'>['body']
type Edit = Sent<'PUT /merchant/products/:id'>['body']
type Fault = 'name' | 'category' | 'exchange_points' | 'per_user_limit' | 'low_stock_threshold' | 'sort_order' | 'stock'

const emptyForm: Form = {
  ...{ name: '', description: '', category: '', exchange_points: '', per_user_limit: '' },
  ...{ low_stock_threshold: '5', sort_order: '0', stock: '0', is_hot: false, isActive: true, image: null },
}

function formOf(product: Product | undefined): Form {
  if (!product) return emptyForm
  const { name, description, category, exchange_points, per_user_limit, low_stock_threshold, sort_order } = product
  return {
    ...{ name, category, description: description ?? '', exchange_points: `${exchange_points}` },
    per_user_limit: per_user_limit === null ? '' : `${per_user_limit}`,
    ...{ low_stock_threshold: `${low_stock_threshold}`, sort_order: `${sort_order}`, stock: `${product.stock}` },
    ...{ is_hot: product.is_hot, isActive: product.status === 'active', image: product.image },
  }
}

/** The form of a product, or of a new one. What was changed in it outlives a reload. */
export function useForm(product: Product | undefined) {
  const draft = useDraft(`goods:${product?.product_id ?? 'new'}`)
  const begun = formOf(product)
  const changes = changesIn(draft.text.value, begun)
  return {
    form: { ...begun, ...changes },
    isChanged: Object.keys(changes).length > 0,
    /** The fields that differ from the product. */
    changed: Object.keys(changes) as (keyof Form)[],
    set(more: Partial<Form>) {
      draft.text.value = JSON.stringify({ ...changesIn(draft.text.value, begun), ...more })
    },
    drop: draft.drop,
  }
}

function changesIn(text: string, begun: Form): Partial<Form> {
  if (text === '') return {}
  const typed = JSON.parse(text) as Partial<Form>
  return Object.fromEntries(Object.entries(typed).filter(([field, value]) => begun[field as keyof Form] !== value))
}

const isWhole = (text: string) => /^-?\d{1,7}$/.test(text.trim())
const isPositive = (text: string) => /^[1-9]\d{0,7}$/.test(text.trim())
const isCount = (text: string) => /^\d{1,6}$/.test(text.trim())

/** What the service would refuse of a form. */
export function faultOf(form: Form): Fault | undefined {
  if (form.name.trim() === '') return 'name'
  if (form.category.trim() === '') return 'category'
  if (!isPositive(form.exchange_points)) return 'exchange_points'
  if (form.per_user_limit.trim() !== '' && !isPositive(form.per_user_limit)) return 'per_user_limit'
  if (!isCount(form.low_stock_threshold)) return 'low_stock_threshold'
  if (!isWhole(form.sort_order)) return 'sort_order'
  return isWhole(form.stock) && Number(form.stock) >= 0 ? undefined : 'stock'
}

/** The fields as the service takes them, of those that are named. */
export function editOf(form: Form, changed: readonly (keyof Form)[]): Edit {
  const all: { [Field in keyof Form]: Edit } = {
    name: { name: form.name.trim() },
    description: { description: form.description.trim() === '' ? null : form.description.trim() },
    category: { category: form.category.trim() },
    exchange_points: { exchange_points: Number(form.exchange_points) },
    per_user_limit: { per_user_limit: form.per_user_limit.trim() === '' ? null : Number(form.per_user_limit) },
    low_stock_threshold: { low_stock_threshold: Number(form.low_stock_threshold) },
    sort_order: { sort_order: Number(form.sort_order) },
    is_hot: { is_hot: form.is_hot },
    isActive: { status: form.isActive ? 'active' : 'inactive' },
    image: { image: form.image },
    stock: {},
  }
  return Object.assign({}, ...changed.map((field) => all[field]))
}

export function creationOf(form: Form): Creation {
  const { name, category, exchange_points } = form
  return {
    ...editOf(form, Object.keys(form) as (keyof Form)[]),
    ...{ name: name.trim(), category: category.trim(), exchange_points: Number(exchange_points) },
    stock: Number(form.stock),
  }
}
