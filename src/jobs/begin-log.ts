import { beginLog } from '../reconcile/begin-log.ts'
import type { Job, JobDeps } from './job.ts'

/** Puts what is older than the log into it, once: one leaf of all balances and stocks. */
export function beginLogOnce({ database, till, fairness }: JobDeps): Job {
  return {
    name: 'begin-log',
    about: 'Put the balances and stocks that are older than the log into it, once',
    when: '35 * * * * *',
    async step() {
      const hasBegun = fairness !== undefined && (await beginLog({ database, till }))
      return { rows: hasBegun ? 1 : 0, more: false }
    },
  }
}
