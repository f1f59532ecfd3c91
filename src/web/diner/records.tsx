import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { call } from '../shared/api.ts'
import type { Answer } from '../shared/calls.ts'
import { complain, PagedList, Sheet, say } from '../shared/parts.tsx'
import { type Pages, pages } from '../shared/resource.ts'
import { ago, exactTime, points } from '../shared/time.ts'
import { DrawCheck } from './draw-check.tsx'
import { toldBalance, voucherCounts } from './state.ts'
import { texts } from './texts.ts'

interface Closable {
  onClose: () => void
}

type Order = Answer<'GET /exchange/orders'>['orders'][number]

export function PointsRecords({ onClose }: Closable) {
  const list = usePages(async (page) => {
    const { records, pagination } = await call('GET /user/points/records', { query: { page } })
    return { items: records, pagination }
  })
  return (
    <Sheet title={texts.me.records} onClose={onClose}>
      <PagedList
        list={list}
        empty={texts.me.recordsEmpty}
        row={({ id, type, points: amount, description, balance_after, created_at }) => (
          <Row key={id} name={description} at={created_at} note={texts.me.balanceAfter(balance_after)}>
            <span class={type === 'earn' ? 'gain' : 'cost'}>
              {type === 'earn' ? '+' : '−'}
              {points(Math.abs(amount))}
            </span>
          </Row>
        )}
      />
    </Sheet>
  )
}

export function DrawRecords({ onClose }: Closable) {
  const checked = useSignal<string | null>(null)
  const list = usePages(async (page) => {
    const { records, pagination } = await call('GET /lottery/records', { query: { page } })
    return { items: records, pagination }
  })
  return (
    <Sheet title={texts.me.draws_list} onClose={onClose}>
      <PagedList
        list={list}
        empty={texts.me.drawsEmpty}
        row={({ id, draw_id, prize_name, points_awarded, is_pity, is_near_miss, voucher, created_at }) => (
          <Row
            key={id}
            name={prize_name}
            at={created_at}
            note={[is_pity && texts.wheel.guaranteed, is_near_miss && texts.wheel.near, voucher && texts.wheel.inWallet]
              .filter(Boolean)
              .join(' · ')}
          >
            {points_awarded > 0 && <span class="gain">+{points(points_awarded)}</span>}
            <button
              type="button"
              class="link"
              aria-label={texts.check.openLabel(prize_name)}
              onClick={() => (checked.value = draw_id)}
            >
              {texts.check.open}
            </button>
          </Row>
        )}
      />
      {checked.value !== null && <DrawCheck drawId={checked.value} onClose={() => (checked.value = null)} />}
    </Sheet>
  )
}

export function Orders({ onClose }: Closable) {
  const list = usePages(async (page) => {
    const { orders, pagination } = await call('GET /exchange/orders', { query: { page } })
    return { items: orders, pagination }
  })
  return (
    <Sheet title={texts.me.orders} onClose={onClose}>
      <PagedList
        list={list}
        empty={texts.me.ordersEmpty}
        row={(order) => <OrderRow key={order.exchange_id} order={order} onChange={list.first} />}
      />
    </Sheet>
  )
}

function OrderRow({ order, onChange }: { order: Order; onChange: () => void }) {
  const isAsked = useSignal(false)
  const isBusy = useSignal(false)
  const { exchange_id, product_name, quantity, total_points, status, created_at } = order
  const cancel = async () => {
    if (!isAsked.value) {
      isAsked.value = true
      return
    }
    isBusy.value = true
    try {
      const path = { exchange_id }
      // An order is cancelled once; its own id is the key.
      const { remaining_points } = await call('POST /exchange/orders/:exchange_id/cancel', { path, key: exchange_id })
      toldBalance(remaining_points)
      void voucherCounts.load()
      say(texts.me.cancelled)
      onChange()
    } catch (error) {
      complain(error)
    }
    isBusy.value = false
  }
  return (
    <Row
      name={`${product_name} × ${quantity}`}
      at={created_at}
      note={`${texts.wheel.cost(total_points)} · ${texts.me.orderStatus[status]}`}
    >
      {status === 'pending' && (
        <button type="button" class="second" disabled={isBusy.value} onClick={cancel}>
          {isAsked.value ? texts.me.cancelSure : texts.me.cancel}
        </button>
      )}
    </Row>
  )
}

function Row(props: { name: string; at: string; note: string; children?: ComponentChildren }) {
  const { name, at, note, children } = props
  return (
    <li>
      <div>
        <b>{name}</b>
        <small>
          <time dateTime={at} title={exactTime(at)}>
            {ago(at)}
          </time>
          {note !== '' && ` · ${note}`}
        </small>
      </div>
      {children}
    </li>
  )
}

function usePages<Item>(read: Parameters<typeof pages<Item>>[0]): Pages<Item> {
  const kept = useSignal(pages(read))
  useEffect(() => void kept.value.first(), [])
  return kept.value
}
