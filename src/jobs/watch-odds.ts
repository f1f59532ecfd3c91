import { readWheel } from '../lottery/wheel-mapping.ts'
import { findOutliers, keepOutliers } from '../merchant/wheel/odds.ts'
import { createPastWheels } from '../merchant/wheel/past-wheels.ts'
import { readLotteryStats } from '../merchant/wheel/queries.ts'
import type { Job, JobDeps } from './job.ts'

/** Draws as unlikely as this are no chance: one set in a million deviates so much. */
const noChance = 1e-6
const mostVersions = 10_000

/** Tests the draws of every version, and of every diner, against the odds; alerts when they can't be by chance. */
export function watchOdds({ database, alerts, now }: JobDeps): Job {
  return {
    name: 'watch-odds',
    about: 'Test draws against the declared odds; alert when they deviate too much',
    when: '0 0 5 * * *',
    async step(stop) {
      if (!(await readWheel(database))) return { rows: 0, more: false }
      const question = { pastWheels: createPastWheels(), now: now(), page: { page: 1, limit: mostVersions } }
      const { versions } = await readLotteryStats(database, question)
      const outliers = await findOutliers(database, stop)
      await keepOutliers(database, outliers, now())
      const off = [
        ...versions.map(({ version, total_draws, pity_draws, p_value }) => ({
          ...{ of: 'version' as const, id: version, draws: total_draws - pity_draws, p_value: p_value ?? 1 },
        })),
        ...outliers.map(({ user_id, draws, p_value }) => ({ of: 'diner' as const, id: user_id, draws, p_value })),
      ].filter(({ p_value }) => p_value < noChance)
      for (const one of off) alerts.raise({ event: 'odds_off', ...one })
      return { rows: off.length, more: false }
    },
  }
}
