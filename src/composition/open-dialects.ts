import { defaultPityPrizeId, defaultPrizes } from '../../drizzle/seed.ts'
import type { Config } from '../config/config.ts'
import type { Database } from '../db/client.ts'
import type { Catalogue } from '../exchange/catalogue.ts'
import { createDialects, type Dialects, type DialectsOptions } from '../http/dialects/dialects.ts'
import type { Metrics } from '../http/metrics.ts'
import type { Calendar } from '../lib/calendar.ts'
import { oncePer } from '../lib/once-per.ts'
import type { Time } from '../lib/time.ts'
import { countDrawsSince, countWonDraws } from '../lottery/queries.ts'
import { oddsSum } from '../lottery/wheel.ts'
import { readWheelState } from '../merchant/wheel/queries.ts'
import { sumPointsSince } from '../points/queries.ts'
import { readUploadStatistics } from '../receipts/queries.ts'
import { readPrizeCodes } from '../vouchers/queries.ts'

export interface DialectsDeps extends Time {
  database: Database
  calendar: Calendar
  metrics: Metrics
  caches: { catalogue: Catalogue }
}

/** Opens the dialects of older mini-programs, unless they are turned off. */
export function openDialects(
  config: Pick<Config, 'DIALECTS' | 'AUTH_FAILURE_CODE'>,
  deps: DialectsDeps,
): Dialects | undefined {
  if (!config.DIALECTS) return undefined
  const { database, metrics, now, elapsed_ms } = deps
  const prizes = defaultPrizes.map((prize) => ({ ...prize, probability: prize.probability / oddsSum }))
  const dialects = createDialects({
    authFailureCode: config.AUTH_FAILURE_CODE,
    now,
    elapsed_ms,
    presentWheel: async () => {
      const { current, next } = await readWheelState(database)
      return next ?? current
    },
    defaultWheel: { prizes, pity_prize_id: defaultPityPrizeId },
    figures: figuresOf(deps),
  })
  metrics.readCounter('dialect_uses_total', 'Uses of older clients’ words', 'alias', dialects.uses)
  return dialects
}

function figuresOf({ database, calendar, now, caches }: DialectsDeps): DialectsOptions['figures'] {
  const timesOf = oncePer(
    (products: Awaited<ReturnType<Catalogue['get']>>) =>
      new Map(products.map(({ commodity_id, created_at }) => [commodity_id, created_at])),
  )
  const startOfDay = () => calendar.startOf(calendar.dayOf(now()))
  const startOfMonth = () => calendar.startOf(`${calendar.dayOf(now()).slice(0, 7)}-01`)
  return {
    draws: async (userId) => ({ won: await countWonDraws(database, userId) }),
    account: async (userId) => {
      const [{ earned }, uploads] = await Promise.all([
        sumPointsSince(database, userId, startOfMonth()),
        readUploadStatistics(database, userId),
      ])
      return { earnedThisMonth: earned, approvedUploads: uploads.approved }
    },
    today: (userId) => sumPointsSince(database, userId, startOfDay()),
    drawsOfAll: () => countDrawsSince(database, startOfDay()),
    prizeCodes: async (userId) => ({ codes: await readPrizeCodes(database, userId, now()) }),
    productTimes: async () => ({ createdAt: timesOf(await caches.catalogue.get()) }),
  }
}
