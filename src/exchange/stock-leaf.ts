import type { Leaf } from '../till/log-entry.ts'
import { CanonicalBytes } from '../tlog/format/bytes.ts'

/** What the log says of a movement of stock. */
export function stockLeaf(row: {
  commodity_id: number
  quantity_change: number
  operation: string
  related_id: string
  created_at: Date
}): Leaf {
  const bytes = new CanonicalBytes('rp-leaf/stock/1')
    .u64(row.commodity_id)
    .i64(row.quantity_change)
    .text(row.operation)
    .text(row.related_id)
    .u64(row.created_at.getTime())
  return { label: `stock ${row.commodity_id} ${row.operation} ${row.related_id}`, hash: bytes.hash() }
}
