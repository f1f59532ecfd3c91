import type { Logger } from 'pino'
import type { Step } from './job.ts'

/** How many due rows a step takes. They fit into a batch of the till and leave room for requests. */
export const dueAtOnce = 100

/** Settles each due row by an operation of its own, so that one that fails holds up no other. */
export async function settleDue<Row>(
  due: readonly Row[],
  settle: (row: Row) => Promise<{ answer: { changed: boolean } }>,
  logger: Logger,
): Promise<Step> {
  const settled = await Promise.allSettled(due.map(settle))
  const broken = settled.filter((outcome) => outcome.status === 'rejected')
  for (const { reason } of broken.slice(0, 3)) logger.error({ err: reason }, 'a due row could not be settled')
  const rows = settled.filter((outcome) => outcome.status === 'fulfilled' && outcome.value.answer.changed).length
  return { rows, failed: broken.length, more: due.length === dueAtOnce && rows > 0 }
}
