import { openServices } from '../composition/open-services.ts'
import { findEveryMismatch } from '../reconcile/every-check.ts'
import { repair } from '../reconcile/repair.ts'
import { systemActor } from '../staff/actor.ts'
import type { Command } from './command.ts'
import { UsageError } from './usage.ts'

/** Compares every balance and stock with its ledger. Exits 1 when any disagreed, even if it was repaired. */
export const reconcileCommand: Command = async ({ args, config, print, progress }) => {
  const [option, most, ...rest] = args
  const isRepair = option === '--repair'
  const isWell = isRepair ? most === undefined || /^\d{1,7}$/.test(most) : option === undefined
  if (!isWell || rest.length > 0) throw new UsageError('reconcile takes --repair, perhaps with a number, or nothing.')
  const { services, close } = await openServices(config, print)
  try {
    const mismatches = await findEveryMismatch(services.database, undefined, progress)
    for (const { check, id, details } of mismatches) print(`MISMATCH ${check}: ${id} ${JSON.stringify(details)}`)
    if (mismatches.length === 0) {
      print('Every balance and every stock equals its ledger.')
      return 0
    }
    if (isRepair) {
      const repaired = await repair(services, systemActor(), most === undefined ? undefined : Number(most))
      print(`${repaired} repaired from their ledgers.`)
      // The figures and their alert go by the record of this job.
      for (const job of services.jobs.all) if (job.name === 'reconcile') await services.jobs.run(job)
    }
    return 1
  } finally {
    await close()
  }
}
