import { sweepImages } from '../receipts/sweep.ts'
import type { Job, JobDeps } from './job.ts'

/** Removes images that no row knows: of uploads that failed half-way, and avatars that were replaced. */
export function sweepOrphans({ database, store, now }: JobDeps): Job {
  return {
    name: 'sweep-images',
    about: 'Remove images that no upload and no account knows',
    when: '20 40 * * * *',
    async step(stop) {
      return { rows: await sweepImages(database, store, now(), stop), more: false }
    },
  }
}
