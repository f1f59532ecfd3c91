import { hostname } from 'node:os'
import type { Config } from '../config/config.ts'
import type { Database } from '../db/client.ts'
import { type Alerts, type AlertsOptions, createAlerts } from './alerts.ts'
import { keepAlerts } from './kept.ts'
import { createOutbox, type OutboxOptions } from './outbox.ts'
import { alertFormat, createRobot } from './robots.ts'

/** The database may be away for an hour, and is told then. */
const pausesOfKeeping_ms = [2_000, 10_000, 60_000, 300_000, 900_000, 3_600_000]
const keptPerMinute = 600

/** The alerts as configured: they go to the log, into the database, and to `ALERT_WEBHOOK` where there is one. */
export function openAlerts(
  config: Pick<Config, 'ALERT_WEBHOOK' | 'ALERT_FORMAT' | 'ALERT_SECRET' | 'BUSINESS_TIMEZONE'>,
  parts: Pick<AlertsOptions, 'logger' | 'count'> & { countMessage: OutboxOptions['count']; database: Database },
): Alerts {
  const { logger, count, countMessage, database } = parts
  const kept = createOutbox({
    post: keepAlerts(database, hostname()),
    ...{ logger, pauses_ms: pausesOfKeeping_ms, perMinute: keptPerMinute },
  })
  const url = config.ALERT_WEBHOOK
  if (url === undefined) return createAlerts({ logger, count, outboxes: [kept] })
  const post = createRobot({
    url,
    format: alertFormat(config.ALERT_FORMAT, url),
    secret: config.ALERT_SECRET,
    host: hostname(),
    timeZone: config.BUSINESS_TIMEZONE,
  })
  return createAlerts({ logger, count, outboxes: [kept, createOutbox({ post, logger, count: countMessage })] })
}
