import { readStandingOut } from '../staff/given.ts'
import type { Job, JobDeps } from './job.ts'

const days = 30
/** A pair stands out when one gave the other this many daily budgets in that time. */
const budgets = 2

/** Alerts when one of the staff gives one diner a little again and again. A day's own counters don't show that. */
export function watchGifts({ config, database, alerts, calendar, now }: JobDeps): Job {
  return {
    name: 'watch-gifts',
    about: `Look whom each of the staff gave points in ${days} days; alert when one pair stands out`,
    when: '0 10 9 * * *',
    async step() {
      const yesterday = calendar.plusDays(calendar.dayOf(now()), -1)
      const since = calendar.plusDays(yesterday, 1 - days)
      const pairs = await readStandingOut(database, { since, until: yesterday }, config.STAFF_DAILY_POINTS * budgets)
      for (const pair of pairs) alerts.raise({ event: 'staff_pair', ...pair, days })
      return { rows: pairs.length, more: false }
    },
  }
}
