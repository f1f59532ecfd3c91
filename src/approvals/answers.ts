import type { Context } from 'hono'
import { z } from 'zod'
import { Refusal } from '../contract/refusals.ts'
import type { AppEnv } from '../http/env.ts'
import type { Waiting } from './consent.ts'

/** What has to wait, to callers that know approvals. */
export const waitingAnswer = z.object({ approval_id: z.string(), approval_status: z.literal('pending') })

/** Whether the caller knows what an approval is. Others are refused, so that they don't take it for done. */
export function knowsApprovals(c: Context<AppEnv>): boolean {
  return c.req.header('X-Approvals') === '1'
}

export function isWaiting(answer: object): answer is Waiting {
  return 'approval_status' in answer && answer.approval_status === 'pending'
}

/**
 * Shows the answer of an operation that may have to wait.
 * @throws {Refusal} 6013 when it waits and the caller doesn't know approvals
 */
export function showConsented<Answer extends object>(
  c: Context<AppEnv>,
  show: (answer: Exclude<Answer, Waiting>) => object = (answer) => answer,
) {
  return (answer: Answer): object => {
    const { alerts: _, ...told } = answer as Answer & { alerts?: unknown }
    if (!isWaiting(told)) return show(told as Exclude<Answer, Waiting>)
    if (!knowsApprovals(c)) throw new Refusal(6013, { approval_id: told.approval_id })
    return told
  }
}
