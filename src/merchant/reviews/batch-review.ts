import { createHash } from 'node:crypto'
import { isWaiting } from '../../approvals/answers.ts'
import type { Waiting } from '../../approvals/consent.ts'
import { Refusal, refusals } from '../../contract/refusals.ts'
import type { Database } from '../../db/client.ts'
import type { StaffActor } from '../../staff/actor.ts'
import { rememberedAnswer } from '../../till/idempotency.ts'
import type { IdempotencyKey, Operation, TillAnswer } from '../../till/operation.ts'
import { OutcomeUnknown } from '../../till/ticket.ts'
import type { Till } from '../../till/till.ts'
import type { BatchAnswer, ReviewAnswer } from './wire.ts'

type Result = BatchAnswer['results'][number]
type Reviewed = TillAnswer<ReviewAnswer | Waiting>

interface BatchParts {
  database: Database
  till: Till
  actor: StaffActor
  /** Whether the caller knows what an approval is. */
  knowsApprovals: boolean
}

/** Stores the whole answer of a batch under its key. Its reviews are already saved. */
const rememberBatch: Operation<{ actorId: number; answer: BatchAnswer }, BatchAnswer> = {
  name: 'batch_review',
  laneKey: ({ actorId }) => actorId,
  needs: () => [],
  decide: (_, { answer }) => answer,
}

/**
 * Runs each review on its own: one that fails doesn't undo the others. With a key, each review gets a key derived from
 * it, so that a batch that was interrupted can be finished by sending it again. The whole answer is stored under the
 * key.
 */
export async function batchReview(
  { database, till, actor, knowsApprovals }: BatchParts,
  reviews: readonly { upload_id: string; run(key: IdempotencyKey | undefined): Promise<Reviewed> }[],
  idempotency: IdempotencyKey | undefined,
): Promise<TillAnswer<BatchAnswer>> {
  const first = idempotency && (await rememberedAnswer(database, idempotency))
  if (first) return { answer: first.answer as BatchAnswer, replayed: true }
  const runs = reviews.map(({ upload_id, run }, index) => ({ upload_id, result: run(derived(idempotency, index)) }))
  const results = await resultsOf(runs, knowsApprovals)
  const made = { answer: { results }, replayed: false }
  if (!idempotency) return made
  return till.run(rememberBatch, { actorId: actor.userId, answer: { results } }, idempotency).catch((error) => {
    // What was reviewed stays so, and is remembered under the derived keys. 9007 would say that nothing happened.
    if (isAway(error) && results.some(({ ok }) => ok)) return made
    throw error
  })
}

interface Run {
  upload_id: string
  result: Promise<Reviewed>
}

/** @throws {OutcomeUnknown} when a review's outcome is unknown, or when some reviews are saved and others failed. */
async function resultsOf(runs: readonly Run[], knowsApprovals: boolean): Promise<Result[]> {
  const all = await Promise.allSettled(runs.map(({ upload_id, result }) => resultOf(upload_id, result, knowsApprovals)))
  const failed = all.find((one) => one.status === 'rejected')
  if (!failed) return all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const isOpen = all.some((one) => (one.status === 'rejected' ? one.reason instanceof OutcomeUnknown : one.value.ok))
  if (!isOpen) throw failed.reason
  const late = Promise.all(runs.map(({ upload_id, result }) => resultOf(upload_id, lateOf(result), knowsApprovals)))
  const outcome = late.then((results) => ({ answer: { results }, replayed: false }))
  throw new OutcomeUnknown(outcome, failed.reason)
}

async function resultOf(upload_id: string, run: Promise<Reviewed>, knowsApprovals: boolean): Promise<Result> {
  try {
    const { answer } = await run
    if (isWaiting(answer)) return waitingResult(upload_id, answer, knowsApprovals)
    return { upload_id, ok: true, code: 0, msg: 'success', points_awarded: answer.points_awarded }
  } catch (error) {
    // This is no result of the review: the whole batch must be sent again.
    if (!(error instanceof Refusal) || isAway(error)) throw error
    return { upload_id, ok: false, code: error.code, msg: error.message, points_awarded: 0 }
  }
}

/** The database was busy or away. */
function isAway(error: unknown): boolean {
  return error instanceof Refusal && (error.code === 9007 || error.code === 9009)
}

function waitingResult(upload_id: string, { approval_id }: Waiting, knowsApprovals: boolean): Result {
  const told = { upload_id, points_awarded: 0, approval_id }
  if (!knowsApprovals) return { ...told, ok: false, code: 6013, msg: refusals[6013].sentence }
  return { ...told, ok: true, code: 0, msg: 'success', approval_status: 'pending' }
}

/** The answer of a review, however late its outcome is known. */
function lateOf(result: Promise<Reviewed>): Promise<Reviewed> {
  return result.catch((error: unknown) => {
    if (error instanceof OutcomeUnknown) return error.outcome as Promise<Reviewed>
    throw error
  })
}

function derived(idempotency: IdempotencyKey | undefined, index: number): IdempotencyKey | undefined {
  if (!idempotency) return undefined
  const key = createHash('sha256').update(`${idempotency.key}\n${index}`).digest('hex')
  return { ...idempotency, key }
}
