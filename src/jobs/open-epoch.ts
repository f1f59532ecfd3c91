import { openEpoch } from '../lottery/open-epoch.ts'
import { publishSeeds } from '../lottery/published-seeds.ts'
import { withWheelInForce } from '../lottery/with-wheel.ts'
import type { Job, JobDeps } from './job.ts'

/**
 * Opens the epoch of the day, so that its commitment is in the log early; the first draw would do it too. Then it keeps
 * the seeds of those that are over.
 */
export function openEpochOfTheDay({ config, database, till, calendar, fairness }: JobDeps): Job {
  const limits = { dailyLimit: config.DAILY_LOTTERY_LIMIT, pityLimit: config.LOTTERY_PITY_LIMIT }
  return {
    name: 'open-epoch',
    about: 'Commit to the seed of the day’s draws; keep those of days that are over',
    when: '2 * * * * *',
    async step() {
      if (!fairness) return { rows: 0, more: false }
      const opening = { ...fairness, calendar, limits }
      const { answer } = await withWheelInForce(till, limits, () => till.run(openEpoch, opening))
      const published = await publishSeeds(database, fairness)
      return { rows: (answer.opened ? 1 : 0) + published, more: false }
    },
  }
}
