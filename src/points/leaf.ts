import type { Leaf } from '../till/log-entry.ts'
import { CanonicalBytes } from '../tlog/format/bytes.ts'
import { saltedHash } from '../tlog/format/salted.ts'

/** What the log says of a row of the ledger. */
export function ledgerLeaf(row: {
  user_id: number
  seq: number
  points: number
  source: string
  related_id: string
  balance_after: number
  description: string
  salt: string | null
  created_at: Date
}): Leaf {
  const bytes = new CanonicalBytes('rp-leaf/ledger/1')
    .u64(row.user_id)
    .u64(row.seq)
    .i64(row.points)
    .text(row.source)
    .text(row.related_id)
    .u64(row.balance_after)
    .bytes(saltedHash(row.salt ?? '', row.description))
    .u64(row.created_at.getTime())
  return { label: `ledger ${row.user_id}/${row.seq}`, hash: bytes.hash() }
}
