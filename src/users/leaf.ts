import type { Leaf } from '../till/log-entry.ts'
import { CanonicalBytes } from '../tlog/format/bytes.ts'

/** What the log says when an account is stopped, or let in again. */
export function statusLeaf({ user_id, status }: { user_id: number; status: string }): Leaf {
  const bytes = new CanonicalBytes('rp-leaf/status/1').u64(user_id).text(status)
  return { label: `status ${user_id}`, hash: bytes.hash() }
}
