import { hostname } from 'node:os'
import type { Config } from '../config/config.ts'
import { type Alerts, type AlertsOptions, createAlerts } from './alerts.ts'
import { createOutbox, type OutboxOptions } from './outbox.ts'
import { alertFormat, createRobot } from './robots.ts'

/** The alerts as configured: they go to `ALERT_WEBHOOK`, or only to the log. */
export function openAlerts(
  config: Pick<Config, 'ALERT_WEBHOOK' | 'ALERT_FORMAT' | 'ALERT_SECRET' | 'BUSINESS_TIMEZONE'>,
  parts: Pick<AlertsOptions, 'logger' | 'count'> & { countMessage: OutboxOptions['count'] },
): Alerts {
  const { logger, count, countMessage } = parts
  const url = config.ALERT_WEBHOOK
  if (url === undefined) return createAlerts({ logger, count, outbox: undefined })
  const post = createRobot({
    url,
    format: alertFormat(config.ALERT_FORMAT, url),
    secret: config.ALERT_SECRET,
    host: hostname(),
    timeZone: config.BUSINESS_TIMEZONE,
  })
  return createAlerts({ logger, count, outbox: createOutbox({ post, logger, count: countMessage }) })
}
