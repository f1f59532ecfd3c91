import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call } from '../shared/api.ts'
import type { Answer } from '../shared/calls.ts'
import { PagedList } from '../shared/parts.tsx'
import { type Pages, pages } from '../shared/resource.ts'
import { exactTime, points } from '../shared/time.ts'
import { texts } from './texts.ts'

type Deed = Answer<'GET /merchant/audit'>['records'][number]

const words = texts.movements
const deedsAPage = 10

/** What the staff did to one stock, from the audit log. */
export function useMovements(action: string, target: string): Pages<Deed> {
  const list = useSignal(
    pages(async (page) => {
      const query = { page, limit: deedsAPage, action, target }
      const { records, pagination } = await call('GET /merchant/audit', { query })
      return { items: records, pagination }
    }),
  ).value
  useEffect(() => void list.first(), [])
  return list
}

/** `field` names the stock in what was before and after. Where there is none, the stock is unlimited. */
export function Movements({ list, field }: { list: Pages<Deed>; field: string }) {
  const shown = (state: Record<string, unknown> | null) => {
    const stock = state?.[field]
    return typeof stock === 'number' ? points(stock) : words.unlimited
  }
  return (
    <>
      <h3>{words.title}</h3>
      <PagedList
        list={list}
        empty={words.none}
        row={({ audit_id, actor, before, after, details: { reason }, created_at }) => (
          <li key={audit_id}>
            <div>
              <b>{words.to(shown(before), shown(after))}</b>
              <small>
                {words.by(actor?.nickname ?? words.system, exactTime(created_at))}
                {typeof reason === 'string' && reason !== '' && ` · ${reason}`}
              </small>
            </div>
          </li>
        )}
      />
    </>
  )
}
