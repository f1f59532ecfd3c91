import { computed, signal } from '@preact/signals'
import { call } from '../../shared/api.ts'
import type { Answer } from '../../shared/calls.ts'
import { pages, resource } from '../../shared/resource.ts'
import { linkTo, place, stay } from '../place.ts'

export type Product = Answer<'GET /merchant/products'>['products'][number]

export const screen = 'goods'
const stockStates = ['low_stock', 'sold_out'] as const
const statuses = ['active', 'inactive'] as const

const productsAPage = 100

/** What the address asks for. */
export const query = computed(() => {
  const { show, category = '', q = '' } = place.value.filters
  const status = statuses.find((one) => one === show)
  const stock_status = stockStates.find((one) => one === show)
  return {
    ...(status ? { status } : {}),
    ...(stock_status ? { stock_status } : {}),
    ...(category === '' ? {} : { category }),
    ...(q.trim() === '' ? {} : { keyword: q.trim() }),
  }
})

export const list = pages(async (page) => {
  const asked = { ...query.value, page, limit: productsAPage }
  const { products, pagination } = await call('GET /merchant/products', { query: asked })
  return { items: products, pagination }
})
export const stats = resource(() => call('GET /merchant/product-stats'))
export const categories = resource(async () => (await call('GET /exchange/categories')).categories.slice(1))
export const chosen = signal<ReadonlySet<number>>(new Set())

/** Loads the list anew, and once more when the filters change meanwhile. */
export async function reload(): Promise<void> {
  for (let asked: object | undefined; asked !== query.value; ) {
    asked = query.value
    await list.first()
  }
}

export async function reloadAll(): Promise<void> {
  await Promise.all([reload(), stats.load(), categories.load()])
}

/** A stock that moved, here or anywhere. */
export function toldStock(productId: number, stock: number): void {
  list.items.value = list.items.value?.map((one) => (one.product_id === productId ? { ...one, stock } : one)) ?? null
}

export const closeItem = () => stay(linkTo(screen, '', place.value.filters))

export function choose(productId: number): void {
  const next = new Set(chosen.value)
  if (!next.delete(productId)) next.add(productId)
  chosen.value = next
}
