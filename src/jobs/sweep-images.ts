import { sweepImages } from '../receipts/sweep.ts'
import type { Job, JobDeps } from './job.ts'

/**
 * Puts images that no row knows into quarantine: those of uploads that failed half-way, replaced avatars, and pictures
 * that no product names.
 */
export function sweepOrphans({ database, store, logger, now }: JobDeps): Job {
  return {
    name: 'sweep-images',
    about: 'Put images that nothing knows into quarantine; remove them after a week',
    when: '20 40 * * * *',
    async step(stop) {
      const swept = await sweepImages(database, store, { now: now(), stop })
      const rows = swept.putAway + swept.broughtBack + swept.removed
      if (rows > 0) logger.info(swept, 'images swept')
      return { rows, more: false }
    },
  }
}
