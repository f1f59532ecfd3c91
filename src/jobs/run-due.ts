import type { Logger } from 'pino'
import type { Step } from './job.ts'

/** How many due rows a step takes. They fit into a batch of the till and leave room for requests. */
export const dueAtOnce = 100

/** Runs an operation for each due row, so that one that fails holds up no other. */
export async function runDue<Row>(
  due: readonly Row[],
  run: (row: Row) => Promise<{ answer: { changed: boolean } }>,
  logger: Logger,
): Promise<Step> {
  const outcomes = await Promise.allSettled(due.map(run))
  const broken = outcomes.filter((outcome) => outcome.status === 'rejected')
  for (const { reason } of broken.slice(0, 3)) logger.error({ err: reason }, 'a due row could not be settled')
  const rows = outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value.answer.changed).length
  return { rows, failed: broken.length, more: due.length === dueAtOnce && rows > 0 }
}
