import { computed, signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call } from '../shared/api.ts'
import type { Answer } from '../shared/calls.ts'
import { hear } from '../shared/live.ts'
import { askOnce } from '../shared/once.ts'
import { complain, Empty, Failed, Sheet, Skeleton, say } from '../shared/parts.tsx'
import { resource } from '../shared/resource.ts'
import { points } from '../shared/time.ts'
import { me } from '../shared/tokens.ts'
import { balance, toldBalance, voucherCounts } from './state.ts'
import { texts } from './texts.ts'

type Product = Answer<'GET /exchange/products'>['products'][number]

const mostProducts = 100
const most = 99
const category = signal(texts.goods.all)
const categories = resource(async () => (await call('GET /exchange/categories')).categories)
const products = resource(async () => {
  const first = await call('GET /exchange/products', { query: { limit: mostProducts } })
  const others = Array.from({ length: Math.max(0, first.pagination.total_pages - 1) }, (_, i) =>
    call('GET /exchange/products', { query: { limit: mostProducts, page: i + 2 } }),
  )
  return [first, ...(await Promise.all(others))].flatMap((page) => page.products)
})
const shown = computed(() =>
  (products.value.value ?? []).filter((product) => [texts.goods.all, product.category].includes(category.value)),
)

hear('stock_update', ({ product_id, stock }) => {
  const known = products.value.value
  if (!known) return
  products.value.value = known.map((product) => (product.product_id === product_id ? { ...product, stock } : product))
})
hear('connected', () => {
  if (products.value.value) void products.load()
})

export function Goods() {
  const chosen = useSignal<number | null>(null)
  useEffect(() => void Promise.all([products.load(), categories.load()]), [])
  const { value, error } = products
  if (value.value === null)
    return error.value ? <Failed error={error.value} onRetry={products.load} /> : <Skeleton rows={4} tall />
  const product = value.value.find(({ product_id }) => product_id === chosen.value)
  const close = () => (chosen.value = null)
  return (
    <>
      <fieldset class="categories">
        <legend class="unseen">{texts.tabs.goods}</legend>
        {(categories.value.value ?? [texts.goods.all]).map((name) => (
          <button
            key={name}
            type="button"
            class="chip"
            aria-pressed={category.value === name}
            onClick={() => (category.value = name)}
          >
            {name}
          </button>
        ))}
      </fieldset>
      {shown.value.length === 0 && <Empty>{texts.goods.empty}</Empty>}
      <ul class="goods">
        {shown.value.map((item) => (
          <ProductCard key={item.product_id} product={item} onChoose={() => (chosen.value = item.product_id)} />
        ))}
      </ul>
      {product && <Exchange product={product} onClose={close} />}
    </>
  )
}

function Picture({ image, name }: { image: string | null; name: string }) {
  return image === null ? (
    <span class="picture" aria-hidden="true">
      {[...name][0]}
    </span>
  ) : (
    <img class="picture" src={image} alt="" loading="lazy" width="160" height="120" />
  )
}

function ProductCard({ product, onChoose }: { product: Product; onChoose: () => void }) {
  const { name, description, image, exchange_points, stock, is_hot } = product
  return (
    <li class="card">
      <Picture image={image} name={name} />
      <h2>
        {name}
        {is_hot && <em>{texts.goods.hot}</em>}
      </h2>
      <p class="about">{description}</p>
      <p class="stock" data-stock={stock}>
        {stock === 0 ? texts.goods.soldOut : texts.goods.stock(stock)}
      </p>
      <button type="button" class="main" disabled={stock === 0} onClick={onChoose}>
        <span class="unseen">{`${texts.goods.exchange} ${name}，`}</span>
        {points(exchange_points)} <small>{texts.wheel.points}</small>
      </button>
    </li>
  )
}

function Exchange({ product, onClose }: { product: Product; onClose: () => void }) {
  const quantity = useSignal(1)
  const isBusy = useSignal(false)
  const total = product.exchange_points * quantity.value
  const left = (balance.value ?? 0) - total
  const change = (step: number) => () => {
    quantity.value = Math.max(1, Math.min(most, product.stock, quantity.value + step))
  }
  const exchange = async () => {
    isBusy.value = true
    const body = { product_id: product.product_id, quantity: quantity.value }
    try {
      const order = await askOnce(me(), `exchange:${product.product_id}`, body, ({ key, body: asked }) =>
        call('POST /exchange/submit', { body: asked, key }),
      )
      toldBalance(order.remaining_points)
      void voucherCounts.load()
      say(texts.goods.done(order.product_name))
      onClose()
    } catch (error) {
      complain(error)
    }
    isBusy.value = false
  }
  return (
    <Sheet title={product.name} onClose={onClose}>
      <p class="hint">{product.description}</p>
      <div class="quantity">
        <span>{texts.goods.quantity}</span>
        <button
          type="button"
          class="second"
          aria-label={texts.goods.less}
          disabled={quantity.value <= 1}
          onClick={change(-1)}
        >
          −
        </button>
        <output>{quantity.value}</output>
        <button
          type="button"
          class="second"
          aria-label={texts.goods.more}
          disabled={quantity.value >= Math.min(most, product.stock)}
          onClick={change(1)}
        >
          +
        </button>
      </div>
      <dl class="sums">
        <dt>{texts.goods.total}</dt>
        <dd>{texts.wheel.cost(total)}</dd>
        {left >= 0 && <dt>{texts.goods.after}</dt>}
        {left >= 0 && <dd>{texts.wheel.cost(left)}</dd>}
      </dl>
      <button
        type="button"
        class="main wide"
        disabled={isBusy.value || product.stock === 0 || left < 0}
        onClick={exchange}
      >
        {left < 0 ? texts.goods.short(-left) : texts.goods.confirm}
      </button>
    </Sheet>
  )
}
