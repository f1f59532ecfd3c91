import { createHmac, timingSafeEqual } from 'node:crypto'
import { Refusal } from '../contract/refusals.ts'
import { day_ms } from '../lib/calendar.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { smsCodes } from './schema.ts'

export const codeLife_s = 300
const maxWrongTries = 5

/** How many codes one phone may get, in sliding windows. */
export interface SendLimits {
  perMinute: number
  perHour: number
  perDay: number
}

export interface CodeRequest {
  phone: string
  codeHash: string
  /** Null: no limits. */
  limits: SendLimits | null
}

const minute_ms = 60_000

/** Stores the digest of a new code for a phone. It replaces the earlier code. */
export const issueCode: Operation<CodeRequest, Record<string, never>> = {
  name: 'issue_code',
  laneKey: ({ phone }) => phone,
  needs: ({ phone }) => [rows(smsCodes, phone)],
  decide(unit, { phone, codeHash, limits }) {
    const known = unit.find(smsCodes, [phone])
    const now = unit.now.getTime()
    const sends = known ? (JSON.parse(known.sends) as number[]) : []
    // Later sends come from a clock that was ahead. Clocks of replicas may differ by a minute.
    const recent = sends.filter((at) => at > now - day_ms && at <= now + minute_ms)
    const wait_s = limits ? waitBeforeSend(recent, now, limits) : 0
    if (wait_s > 0) throw new Refusal(1003, { retry_after: wait_s })
    const kept = [...recent, now].slice(-(limits?.perDay ?? 1))
    const code = {
      code_hash: codeHash,
      expires_at: new Date(now + codeLife_s * 1000),
      wrong_tries: 0,
      used_at: null,
      sends: JSON.stringify(kept),
    }
    if (known) unit.update(smsCodes, known, code)
    else unit.append(smsCodes, { phone, ...code })
    return {}
  },
}

/** Seconds until another code may be sent; 0 means now. `sends` are instants in ms, oldest first. */
export function waitBeforeSend(sends: readonly number[], now: number, limits: SendLimits): number {
  const windows = [
    [limits.perMinute, minute_ms],
    [limits.perHour, 60 * minute_ms],
    [limits.perDay, day_ms],
  ] as const
  const waits = windows.map(([most, length]) => {
    const inside = sends.filter((at) => at > now - length)
    const freeing = inside[inside.length - most]
    return freeing === undefined ? 0 : Math.ceil((freeing + length - now) / 1000)
  })
  return Math.max(...waits)
}

/** The stored digest of a code. Without the service's secret it is useless. */
export function hashCode(secret: string, phone: string, code: string): string {
  return createHmac('sha256', secret).update(`sms:${phone}:${code}`).digest('hex')
}

/** Uses the phone's code, once, and returns true if one of the digests was right. Five wrong tries end the code. */
export function spendCode(unit: UnitOfWork, phone: string, codeHashes: readonly string[]): boolean {
  const sent = unit.find(smsCodes, [phone])
  if (!sent || sent.used_at || sent.expires_at <= unit.now || sent.wrong_tries >= maxWrongTries) return false
  const right = Buffer.from(sent.code_hash)
  if (!codeHashes.some((hash) => timingSafeEqual(right, Buffer.from(hash)))) {
    unit.update(smsCodes, sent, { wrong_tries: sent.wrong_tries + 1 })
    return false
  }
  unit.update(smsCodes, sent, { used_at: unit.now })
  return true
}
