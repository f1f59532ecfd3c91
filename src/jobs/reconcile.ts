import { findEveryMismatch } from '../reconcile/every-check.ts'
import type { Job, JobDeps } from './job.ts'

const mostLogged = 20
const mostTold = 5

/** Compares every balance and stock with its ledger, and alerts if one disagrees. It repairs nothing. */
export function reconcile({ database, alerts, logger }: JobDeps): Job {
  return {
    name: 'reconcile',
    about: 'Hold balances and stocks against their ledgers; alert when one disagrees',
    when: '0 30 4 * * *',
    async step(stop) {
      const mismatches = await findEveryMismatch(database, stop)
      for (const mismatch of mismatches.slice(0, mostLogged)) logger.error({ mismatch }, 'a ledger disagrees')
      if (mismatches.length > 0) {
        const examples = mismatches.slice(0, mostTold).map(({ check, id }) => `${check}: ${id}`)
        alerts.raise({ event: 'ledger_mismatch', count: mismatches.length, examples })
      }
      return { rows: mismatches.length, more: false }
    },
  }
}
