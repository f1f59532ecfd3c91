import { changeWheel } from '../lottery/change-wheel.ts'
import { readWheel } from '../lottery/wheel-mapping.ts'
import type { Job, JobDeps } from './job.ts'

/** Brings in the wheel that was announced. It comes in without this job too, with the first draw that finds it due. */
export function changeWheelWhenDue({ config, database, till }: JobDeps): Job {
  const limits = { dailyLimit: config.DAILY_LOTTERY_LIMIT, pityLimit: config.LOTTERY_PITY_LIMIT }
  return {
    name: 'change-wheel',
    about: 'Bring in the wheel that was announced for today',
    when: '1 * * * * *',
    async step() {
      if (!(await readWheel(database))?.isDue) return { rows: 0, more: false }
      const { answer } = await till.run(changeWheel, limits)
      return { rows: answer.changed ? 1 : 0, more: false }
    },
  }
}
