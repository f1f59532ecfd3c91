import { createHmac, timingSafeEqual } from 'node:crypto'
import { Refusal } from '../contract/refusals.ts'
import { day_ms } from '../lib/calendar.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import type { Visitor } from './known-devices.ts'
import { type SmsCode, smsCodes } from './schema.ts'

export const codeLife_s = 300
const maxWrongTries = 5

/** How many codes one phone may get, in sliding windows. */
export interface SendLimits {
  perMinute: number
  perHour: number
  perDay: number
}

/** By whom sends and tries are counted. */
type Counted = Pick<Visitor, 'countKey' | 'isKnown'>

export interface CodeRequest {
  phone: string
  codeHash: string
  /** Null: no limits. */
  limits: SendLimits | null
  by: Counted
}

/** An instant in ms, and the device's `countKey`. Earlier versions of the program stored the instant alone. */
type Send = [at: number, countKey: string]

const minute_ms = 60_000

/**
 * Stores the digest of a new code for a phone. It replaces the earlier code. Strangers share the phone's limits. A device
 * that the account knows has the same limits for itself.
 */
export const issueCode: Operation<CodeRequest, Record<string, never>> = {
  name: 'issue_code',
  laneKey: ({ phone }) => phone,
  needs: ({ phone }) => [rows(smsCodes, phone)],
  decide(unit, { phone, codeHash, limits, by }) {
    const known = unit.find(smsCodes, [phone])
    const now = unit.now.getTime()
    // Later sends come from a clock that was ahead. Clocks of replicas may differ by a minute.
    const recent = sendsOf(known).filter(([at]) => at > now - day_ms && at <= now + minute_ms)
    const counted = by.isKnown ? recent.filter(([, countKey]) => countKey === by.countKey) : recent
    const instants = counted.map(([at]) => at)
    const wait_s = limits ? waitBeforeSend(instants, now, limits) : 0
    if (wait_s > 0) throw new Refusal(1003, { retry_after: wait_s })
    const send: Send = [now, by.countKey]
    const code = {
      code_hash: codeHash,
      expires_at: new Date(now + codeLife_s * 1000),
      wrong_tries: 0,
      tries_by: JSON.stringify({ [by.countKey]: 0 }),
      used_at: null,
      sends: JSON.stringify(limits ? [...recent, send] : [send]),
    }
    if (known) unit.update(smsCodes, known, code)
    else unit.append(smsCodes, { phone, ...code })
    return {}
  },
}

function sendsOf(code: Pick<SmsCode, 'sends'> | undefined): Send[] {
  const stored = code ? (JSON.parse(code.sends) as (number | Send)[]) : []
  return stored.map((send) => (typeof send === 'number' ? [send, ''] : send))
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

/** A code as someone typed it, with one digest for each valid secret. */
export interface CodeTry {
  phone: string
  codeHashes: readonly string[]
  by: Counted
}

/** `closed` means that there is no valid code, or that this visitor has no tries left. */
export function judgeTry(sent: Readonly<SmsCode> | undefined, tried: CodeTry, now: Date): 'right' | 'wrong' | 'closed' {
  if (!sent || sent.used_at || sent.expires_at <= now || triesOf(sent, tried.by).used >= maxWrongTries) return 'closed'
  const right = Buffer.from(sent.code_hash)
  return tried.codeHashes.some((hash) => timingSafeEqual(right, Buffer.from(hash))) ? 'right' : 'wrong'
}

/** Counts a wrong try. */
export const missCode: Operation<CodeTry, { isRight: boolean }> = {
  name: 'miss_code',
  laneKey: ({ phone }) => phone,
  needs: ({ phone }) => [rows(smsCodes, phone)],
  decide: (unit, tried) => ({ isRight: tryCode(unit, tried) !== undefined }),
}

/** Uses the phone's code, once, and returns true if one of the digests was right. */
export function spendCode(unit: UnitOfWork, tried: CodeTry): boolean {
  const sent = tryCode(unit, tried)
  if (sent) unit.update(smsCodes, sent, { used_at: unit.now })
  return sent !== undefined
}

/** Returns the code when the try is right, and counts the try when it is wrong. */
function tryCode(unit: UnitOfWork, tried: CodeTry): Readonly<SmsCode> | undefined {
  const sent = unit.find(smsCodes, [tried.phone])
  const outcome = judgeTry(sent, tried, unit.now)
  if (sent && outcome === 'wrong') unit.update(smsCodes, sent, triesOf(sent, tried.by).oneMore)
  return outcome === 'right' ? sent : undefined
}

/**
 * The wrong tries that count for this visitor. Five end the code. The device that asked for the code, and each device that
 * the account knows, have five of their own. All others share five.
 */
function triesOf({ wrong_tries, tries_by }: Readonly<SmsCode>, { countKey, isKnown }: Counted) {
  const own = JSON.parse(tries_by ?? '{}') as Record<string, number>
  if (!isKnown && own[countKey] === undefined) return { used: wrong_tries, oneMore: { wrong_tries: wrong_tries + 1 } }
  const used = own[countKey] ?? 0
  return { used, oneMore: { tries_by: JSON.stringify({ ...own, [countKey]: used + 1 }) } }
}
