import { createHash } from 'node:crypto'
import { Refusal } from '../../contract/refusals.ts'
import type { Database } from '../../db/client.ts'
import { rememberedAnswer } from '../../till/idempotency.ts'
import type { Idempotency, Operation, TillAnswer } from '../../till/operation.ts'
import type { Till } from '../../till/till.ts'
import type { BatchAnswer, ReviewAnswer } from './wire.ts'

type Result = BatchAnswer['results'][number]

/** Keeps the whole answer of a batch under its key; the reviews themselves are done. */
const rememberBatch: Operation<{ actorId: number; answer: BatchAnswer }, BatchAnswer> = {
  name: 'batch_review',
  owner: ({ actorId }) => actorId,
  needs: () => [],
  decide: (_, { answer }) => answer,
}

/**
 * Reviews one after another, each standing alone. With a key, each review has a key derived from it, so that a batch
 * that broke off is finished by sending it again, and the whole answer is remembered.
 */
export async function batchReview(
  database: Database,
  till: Till,
  actorId: number,
  reviews: readonly { upload_id: string; run(key: Idempotency | undefined): Promise<TillAnswer<ReviewAnswer>> }[],
  idempotency: Idempotency | undefined,
): Promise<TillAnswer<BatchAnswer>> {
  const first = idempotency && (await rememberedAnswer(database, idempotency))
  if (first) return { answer: first.answer as BatchAnswer, replayed: true }
  const results = await Promise.all(
    reviews.map(({ upload_id, run }, index) => resultOf(upload_id, () => run(derived(idempotency, index)))),
  )
  if (!idempotency) return { answer: { results }, replayed: false }
  return till.run(rememberBatch, { actorId, answer: { results } }, idempotency)
}

async function resultOf(upload_id: string, run: () => Promise<TillAnswer<ReviewAnswer>>): Promise<Result> {
  try {
    const { answer } = await run()
    return { upload_id, ok: true, code: 0, msg: 'success', points_awarded: answer.points_awarded }
  } catch (error) {
    // A busy or absent database is no verdict on the review: the whole batch is to be sent again.
    if (!(error instanceof Refusal) || error.code === 9007) throw error
    return { upload_id, ok: false, code: error.code, msg: error.message, points_awarded: 0 }
  }
}

function derived(idempotency: Idempotency | undefined, index: number): Idempotency | undefined {
  if (!idempotency) return undefined
  const key = createHash('sha256').update(`${idempotency.key}\n${index}`).digest('hex')
  return { ...idempotency, key }
}
