import type { Logger } from 'pino'

const timeout_ms = 5_000

/** What the operators are told; no personal data. */
export type Alert =
  | { event: 'reconcile_mismatch'; count: number; examples: string[] }
  | { event: 'job_failed'; job: string; error: string }

/** Posts alerts to `url` as JSON; without one they are in the log alone. It never throws. */
export function alerter(url: string | undefined, logger: Logger): (alert: Alert) => Promise<void> {
  return async (alert) => {
    logger.error({ alert }, 'alert')
    if (url === undefined) return
    try {
      const body = JSON.stringify({ service: 'restaurant-points', at: new Date().toISOString(), ...alert })
      const headers = { 'Content-Type': 'application/json' }
      const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeout_ms) })
      if (!response.ok) throw new Error(`the alert webhook answered ${response.status}`)
    } catch (error) {
      logger.error({ err: error }, 'an alert could not be delivered')
    }
  }
}
