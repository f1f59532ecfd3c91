import { defaultPityPrizeId, defaultPrizes } from '../../drizzle/seed.ts'
import type { Config } from '../config/config.ts'
import type { Database } from '../db/client.ts'
import { createDialects, type Dialects } from '../http/dialects/dialects.ts'
import type { Metrics } from '../http/metrics.ts'
import { type Calendar, wholeDaysBetween } from '../lib/calendar.ts'
import type { Time } from '../lib/time.ts'
import { wonDrawsOf } from '../lottery/queries.ts'
import { oddsSum } from '../lottery/wheel.ts'
import { requireWheel, wheelView } from '../merchant/wheel/queries.ts'
import { pointsEarnedSince } from '../points/queries.ts'
import { uploadStatisticsOf } from '../receipts/queries.ts'
import { requireUser } from '../users/queries.ts'

/** The words of older mini-programs, unless they are turned off. */
export function openDialects(
  config: Pick<Config, 'DIALECTS' | 'AUTH_FAILURE_CODE' | 'TRUST_PROXY'>,
  { database, calendar, metrics, now, elapsed_ms }: { database: Database; calendar: Calendar; metrics: Metrics } & Time,
): Dialects | undefined {
  if (!config.DIALECTS) return undefined
  const startOfMonth = () => calendar.startOf(`${calendar.dayOf(now()).slice(0, 7)}-01`)
  const prizes = defaultPrizes.map((prize) => ({ ...prize, probability: prize.probability / oddsSum }))
  const dialects = createDialects({
    authFailureCode: config.AUTH_FAILURE_CODE,
    trustedProxies: config.TRUST_PROXY,
    now,
    elapsed_ms,
    presentWheel: async () => wheelView(await requireWheel(database)),
    defaultWheel: { prizes, pity_prize_id: defaultPityPrizeId },
    figures: {
      draws: async (userId) => ({ won: await wonDrawsOf(database, userId) }),
      account: async (userId) => {
        const [user, earnedThisMonth, uploads] = await Promise.all([
          requireUser(database, userId),
          pointsEarnedSince(database, userId, startOfMonth()),
          uploadStatisticsOf(database, userId),
        ])
        const daysSinceRegistration = wholeDaysBetween(user.created_at, now())
        return { earnedThisMonth, approvedUploads: uploads.approved, daysSinceRegistration }
      },
    },
  })
  metrics.totals('dialect_uses_total', 'Uses of older clients’ words', 'alias', dialects.uses)
  return dialects
}
