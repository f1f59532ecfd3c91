import type { Leaf } from '../till/log-entry.ts'
import { CanonicalBytes } from '../tlog/format/bytes.ts'
import { saltedHash } from '../tlog/format/salted.ts'

/** What the log says of a row of the audit log. Names, reasons and codes stand in it as salted hashes. */
export function auditLeaf(row: {
  actor_id: number | null
  system_user: string | null
  address_id: string | null
  action: string
  target: string
  state_before: string | null
  state_after: string | null
  details: string
  salt: string | null
  created_at: Date
}): Leaf {
  const bytes = new CanonicalBytes('rp-leaf/audit/1').u64(row.created_at.getTime()).text(row.action)
  if (row.actor_id === null) bytes.none()
  else bytes.u64(row.actor_id)
  const states = [row.state_before, row.state_after, row.details].map((state) => state && sortedJson(state))
  for (const text of [row.system_user, row.address_id, row.target, ...states]) {
    if (text === null) bytes.none()
    else bytes.bytes(saltedHash(row.salt ?? '', text))
  }
  return { label: `audit ${row.action} ${row.created_at.toISOString()}`, hash: bytes.hash() }
}

/** What the log says of somebody's role. */
export function roleLeaf(row: {
  user_id: number
  role: string
  granted_by: number | null
  granted_at: Date
  revoked_at: Date | null
}): Leaf {
  const bytes = new CanonicalBytes('rp-leaf/role/1').u64(row.user_id).text(row.role).u64(row.granted_at.getTime())
  for (const number of [row.granted_by, row.revoked_at?.getTime() ?? null]) {
    if (number === null) bytes.none()
    else bytes.u64(number)
  }
  return { label: `role ${row.user_id}`, hash: bytes.hash() }
}

/** The same for the same value: MySQL puts the keys of a JSON column into an order of its own. */
function sortedJson(text: string): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted)
    if (value === null || typeof value !== 'object') return value
    const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))
    return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]))
  }
  return JSON.stringify(sorted(JSON.parse(text)))
}
