import { and, eq } from 'drizzle-orm'
import { Refusal } from '../contract/refusals.ts'
import type { Database } from '../db/client.ts'
import { lockOrder } from '../lock-order.ts'
import type { IdempotencyKey } from './operation.ts'
import { idempotencyKeysTable } from './schema.ts'
import { mapTable, type Need } from './table-mapping.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/** Read once every lock is held. So a request waits for an earlier one of the same owner, and then sees its answer. */
const idempotencyKeys = mapTable(idempotencyKeysTable, {
  rank: lockOrder.idempotencyKeys,
  key: ['owner', 'idem_key'],
  lock: 'none',
  updates: [],
})

export function idempotencyNeed({ owner, key }: IdempotencyKey): Need {
  return { mapping: idempotencyKeys, keys: [[owner, key]] }
}

/**
 * The first answer given under this key, or undefined for a new one.
 * @throws {Refusal} 9008 when the key was used for another request.
 */
export function firstAnswer(
  unit: UnitOfWork,
  { owner, key, fingerprint }: IdempotencyKey,
): { answer: unknown } | undefined {
  const first = unit.find(idempotencyKeys, [owner, key])
  if (!first) return undefined
  if (first.fingerprint !== fingerprint) throw new Refusal(9008)
  return { answer: first.answer }
}

/** Keeps the answer in the same transaction as its effect. */
export function rememberAnswer(
  unit: UnitOfWork,
  idempotency: IdempotencyKey,
  operation: string,
  answer: unknown,
): void {
  const { owner, key, fingerprint } = idempotency
  unit.append(idempotencyKeys, {
    owner,
    idem_key: key,
    operation,
    fingerprint,
    answer,
    created_at: unit.now,
  })
}

/**
 * The answer remembered under this key, read outside the till. For a request that is more than one operation.
 * @throws {Refusal} 9008 when the key was used for another request.
 */
export async function rememberedAnswer(
  { orm }: Database,
  { owner, key, fingerprint }: IdempotencyKey,
): Promise<{ answer: unknown } | undefined> {
  const table = idempotencyKeysTable
  const where = and(eq(table.owner, owner), eq(table.idem_key, key))
  const [first] = await orm.select().from(table).where(where)
  if (first && first.fingerprint !== fingerprint) throw new Refusal(9008)
  return first && { answer: first.answer }
}
