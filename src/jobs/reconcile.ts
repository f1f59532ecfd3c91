import { findMismatches } from '../reconcile/checks.ts'
import { alerter } from './alert.ts'
import type { Job, JobDeps } from './job.ts'

const mostReported = 20

/** Holds every balance and stock against its ledger, and raises the alarm; it mends nothing. */
export function reconcile({ config, database, metrics, logger }: JobDeps): Job {
  let last = 0
  const alert = alerter(config.ALERT_WEBHOOK, logger)
  metrics.watch({ reconcile_mismatches: { help: 'Mismatches the last run here found', read: () => last } })
  return {
    name: 'reconcile',
    about: 'Hold balances and stocks against their ledgers; alert when one disagrees',
    when: '0 30 4 * * *',
    async step() {
      const mismatches = await findMismatches(database)
      last = mismatches.length
      for (const mismatch of mismatches.slice(0, mostReported)) logger.error({ mismatch }, 'a ledger disagrees')
      if (last > 0) {
        const examples = mismatches.slice(0, mostReported).map(({ check, id }) => `${check}: ${id}`)
        await alert({ event: 'reconcile_mismatch', count: last, examples })
      }
      return { rows: last, more: false }
    },
  }
}
