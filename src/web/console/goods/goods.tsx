import { useEffect } from 'preact/hooks'
import { hear } from '../../shared/live.ts'
import { PagedList, Sheet } from '../../shared/parts.tsx'
import { points } from '../../shared/time.ts'
import { Choices } from '../choices.tsx'
import { linkTo, place, setFilters } from '../place.ts'
import { BulkBar } from './bulk.tsx'
import { ProductSheet } from './product-sheet.tsx'
import {
  categories,
  choose,
  chosen,
  closeItem,
  list,
  type Product,
  query,
  reload,
  reloadAll,
  screen,
  stats,
  toldStock,
} from './state.ts'
import { texts } from './texts.ts'

const typing_ms = 250
const newProduct = 'new'
const shown = Object.entries(texts.show)

/** The catalogue: what is on sale, what is left of it, and how it is changed. */
export function Goods() {
  useEffect(() => {
    chosen.value = new Set()
    void reloadAll()
    const ends = [
      hear('stock_update', ({ product_id, stock }) => toldStock(product_id, stock)),
      hear('connected', reload),
    ]
    return () => {
      for (const end of ends) end()
    }
  }, [])
  useEffect(() => {
    const timer = setTimeout(reload, typing_ms)
    return () => clearTimeout(timer)
  }, [query.value])
  const counts = stats.value.value
  return (
    <>
      <div class="goods-top">
        <p class="hint">{counts && texts.counts(counts.active_count, counts.low_stock_count)}</p>
        <a class="main" href={linkTo(screen, newProduct, place.value.filters)}>
          {texts.create}
        </a>
      </div>
      <Filters />
      <section class="panel">
        <PagedList
          list={list}
          empty={texts.empty}
          row={(product) => <Row key={product.product_id} product={product} />}
        />
      </section>
      <BulkBar all={(list.items.value ?? []).map(({ product_id }) => product_id)} />
      <Item />
    </>
  )
}

/** What the address names: a product, or a new one. */
function Item() {
  const { item } = place.value
  const known = list.items.value
  if (item === '' || (item !== newProduct && known === null)) return null
  const product = known?.find(({ product_id }) => `${product_id}` === item)
  if (!product && item !== newProduct)
    return (
      <Sheet title={texts.title} onClose={closeItem}>
        <p>{texts.unknown}</p>
      </Sheet>
    )
  return <ProductSheet key={item} product={product} />
}

function Filters() {
  const { category = '', q = '' } = place.value.filters
  return (
    <div class="goods-filters">
      <label>
        <span class="unseen">{texts.search}</span>
        <input
          type="search"
          placeholder={texts.search}
          maxLength={100}
          value={q}
          onInput={({ currentTarget }) => setFilters({ q: currentTarget.value })}
        />
      </label>
      <label>
        <span class="unseen">{texts.category}</span>
        <select value={category} onChange={({ currentTarget }) => setFilters({ category: currentTarget.value })}>
          <option value="">{texts.allCategories}</option>
          {categories.value.value?.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <Choices name={texts.filters} filter="show" choices={shown} />
    </div>
  )
}

function Row({ product }: { product: Product }) {
  const { product_id, name, category, exchange_points, stock, status, image, is_hot, low_stock_threshold } = product
  return (
    <li>
      <label class="choose">
        <input
          type="checkbox"
          aria-label={texts.select(name)}
          checked={chosen.value.has(product_id)}
          onChange={() => choose(product_id)}
        />
      </label>
      <a
        class={status === 'inactive' ? 'product off' : 'product'}
        href={linkTo(screen, `${product_id}`, place.value.filters)}
        title={texts.edit(name)}
      >
        {image === null ? (
          <span class="thumb" aria-hidden="true">
            {[...name][0]}
          </span>
        ) : (
          <img class="thumb" src={image} alt="" loading="lazy" width="56" height="56" />
        )}
        <span class="about">
          <b>{name}</b>
          <small>
            {category} · {texts.points(points(exchange_points))}
            {is_hot && ` · ${texts.hot}`}
            {status === 'inactive' && ` · ${texts.show.inactive}`}
          </small>
        </span>
        <span class={stock <= low_stock_threshold ? 'left low' : 'left'}>{texts.left(points(stock))}</span>
      </a>
    </li>
  )
}
