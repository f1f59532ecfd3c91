import { openEpoch } from '../lottery/open-epoch.ts'
import { withWheelInForce } from '../lottery/with-wheel.ts'
import type { Job, JobDeps } from './job.ts'

/** Opens the epoch of the day, so that its commitment is in the log early. The first draw would do it too. */
export function openEpochOfTheDay({ config, till, calendar, fairness }: JobDeps): Job {
  const limits = { dailyLimit: config.DAILY_LOTTERY_LIMIT, pityLimit: config.LOTTERY_PITY_LIMIT }
  return {
    name: 'open-epoch',
    about: 'Commit to the seed of the day’s draws',
    when: '2 * * * * *',
    async step() {
      if (!fairness) return { rows: 0, more: false }
      const { chain, chainWaits_days } = fairness
      const opening = { calendar, limits, chain, chainWaits_days }
      const { answer } = await withWheelInForce(till, limits, () => till.run(openEpoch, opening))
      return { rows: answer.opened ? 1 : 0, more: false }
    },
  }
}
