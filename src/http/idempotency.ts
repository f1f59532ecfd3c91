import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { Refusal } from '../contract/refusals.ts'
import type { Idempotency } from '../till/operation.ts'
import type { TillAnswer } from '../till/till.ts'
import type { AppEnv } from './env.ts'
import { ok } from './envelope.ts'

const visibleAscii = /^[\x21-\x7e]{1,64}$/

/**
 * The request's idempotency by its `Idempotency-Key` header, or undefined without one. The fingerprint covers method,
 * path and validated input.
 * @throws {Refusal} 9000 for a key that isn't 1-64 visible ASCII characters.
 */
export function idempotencyOf(c: Context<AppEnv>, input: unknown): Idempotency | undefined {
  const key = c.req.header('Idempotency-Key')
  if (key === undefined) return undefined
  if (!visibleAscii.test(key)) {
    throw new Refusal(9000, { issues: [{ path: 'Idempotency-Key', message: '应为 1-64 个可见 ASCII 字符' }] })
  }
  const request = JSON.stringify([c.req.method, c.req.path, input])
  const fingerprint = createHash('sha256').update(request).digest('hex')
  return { owner: `user:${c.get('caller').userId}`, key, fingerprint }
}

/** A till's answer as a success; a repeated one says so in `Idempotency-Replayed`. */
export function okOnce(c: Context<AppEnv>, { answer, replayed }: TillAnswer<object>): Response {
  return ok(c, answer, replayed ? { 'Idempotency-Replayed': 'true' } : undefined)
}
