import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { Refusal } from '../contract/refusals.ts'
import { visibleAscii } from '../contract/wire.ts'
import type { IdempotencyKey, TillAnswer } from '../till/operation.ts'
import type { AppEnv } from './env.ts'
import { ok, okText, successText } from './envelope.ts'

/**
 * The request's idempotency key, from the header `Idempotency-Key`; undefined without the header. The fingerprint
 * covers method, path and validated input.
 * @throws {Refusal} 9000 for a key that isn't 1-64 visible ASCII characters.
 */
function idempotencyOf(c: Context<AppEnv>, asked: unknown): IdempotencyKey | undefined {
  const key = c.req.header('Idempotency-Key')
  if (key === undefined) return undefined
  if (!visibleAscii.test(key)) {
    throw new Refusal(9000, { issues: [{ path: 'Idempotency-Key', message: '应为 1-64 个可见 ASCII 字符' }] })
  }
  const request = JSON.stringify([c.req.method, c.req.path, asked])
  const fingerprint = createHash('sha256').update(request).digest('hex')
  return { owner: `user:${c.get('caller').userId}`, key, fingerprint }
}

/**
 * Runs a write once for each idempotency key and answers with its result. A replayed answer has the header
 * `Idempotency-Replayed`. A request that was told 9009 and is sent again, with or without a key, waits for the first
 * outcome. Without a key, a dialect may also know the answer of an identical request whose caller disconnected.
 * @param input the validated input
 * @param write not called when the outcome of an earlier request without a key is the answer
 * @param show makes what the client sees of the answer, whether `write` or an earlier request brought it
 */
export async function once<Answer extends object>(
  c: Context<AppEnv>,
  input: unknown,
  write: (idempotency: IdempotencyKey | undefined) => Promise<TillAnswer<Answer>>,
  show: (answer: Answer) => object = (answer) => answer,
): Promise<Response> {
  const dialect = c.get('dialect')
  const asked = dialect?.asked ?? input
  const idempotency = idempotencyOf(c, asked)
  const request = { place: placeOf(c), asked: JSON.stringify([asked, idempotency?.key]) }
  const settled = () =>
    c.get('unsettled').answer(request, async (earlier) => {
      const known = idempotency ? undefined : (earlier as TillAnswer<Answer> | undefined)
      const { answer, replayed } = known ?? (await write(idempotency))
      return { answer: show(answer), replayed }
    })
  if (idempotency || !dialect) {
    const { answer, replayed } = await settled()
    return ok(c, answer, replayedHeader(replayed))
  }
  const { text, replayed } = await dialect.answerOnce(`${request.place} ${request.asked}`, async () =>
    successText(c, (await settled()).answer),
  )
  return okText(c, text, replayedHeader(replayed))
}

/** The caller, the method and the path of a request. */
export function placeOf(c: Context<AppEnv>): string {
  return `${c.get('caller')?.userId} ${c.req.method} ${c.req.path}`
}

function replayedHeader(replayed: boolean): { 'Idempotency-Replayed': string } | undefined {
  return replayed ? { 'Idempotency-Replayed': 'true' } : undefined
}
