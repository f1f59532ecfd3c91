import type { Logger } from 'pino'
import { type Alert, type AlertEvent, alertTitles, detailOf, subjectOf } from './alert.ts'
import type { Outbox } from './outbox.ts'

/** Tells the operators what needs them. */
export interface Alerts {
  /** Never throws and never waits. */
  raise(alert: Alert): void
  /** Sends what is still held back, one try each, and gives up after `most_ms`. */
  close(most_ms: number): Promise<void>
}

/** One or more alerts of an event, as they go out. */
export interface AlertMessage {
  event: AlertEvent
  title: string
  /** How often it happened since the message before. */
  count: number
  /** The latest of each subject, oldest first. */
  details: readonly string[]
  at: Date
}

export interface AlertsOptions {
  /** Without one, alerts are in the log alone. */
  outbox: Outbox | undefined
  logger: Logger
  /** Counts each alert, sent or held back. */
  count: (event: AlertEvent) => void
  /** The first of an event goes out at once; what follows within this time is one message at its end. */
  window_ms?: number
}

const usualWindow_ms = 5 * 60_000
const mostDetails = 5

interface Group {
  count: number
  details: Map<string, string>
  timer: ReturnType<typeof setTimeout>
}

/** Alerts grouped by event, so that a flood is a message each few minutes, in bounded memory. */
export function createAlerts(options: AlertsOptions): Alerts {
  const { outbox, logger, count, window_ms = usualWindow_ms } = options
  const groups = new Map<AlertEvent, Group>()

  const send = (event: AlertEvent, times: number, details: readonly string[]) => {
    const message = { event, title: alertTitles[event], count: times, details, at: new Date() }
    logger.error({ alert: message }, 'alert')
    outbox?.push(message)
  }
  const openWindow = (event: AlertEvent) => {
    const timer = setTimeout(() => closeWindow(event), window_ms)
    timer.unref()
    groups.set(event, { count: 0, details: new Map(), timer })
  }
  const sendHeld = (event: AlertEvent): boolean => {
    const group = groups.get(event)
    if (!group || group.count === 0) return false
    send(event, group.count, [...group.details.values()])
    return true
  }
  const closeWindow = (event: AlertEvent) => {
    const wasNeeded = sendHeld(event)
    groups.delete(event)
    if (wasNeeded) openWindow(event)
  }

  return {
    raise(alert) {
      const { event } = alert
      count(event)
      const group = groups.get(event)
      // A change of state is told as it comes, or the last word could be the wrong one; its watch makes it rare.
      const isState = event === 'database_away' || event === 'database_back'
      if (group) hold(group, alert)
      else send(event, 1, [detailOf(alert)])
      if (!group && !isState) openWindow(event)
    },
    async close(most_ms) {
      for (const [event, { timer }] of groups) {
        clearTimeout(timer)
        sendHeld(event)
      }
      groups.clear()
      await outbox?.close(most_ms)
    },
  }
}

function hold(group: Group, alert: Alert): void {
  const subject = subjectOf(alert)
  group.count += 1
  group.details.delete(subject)
  group.details.set(subject, detailOf(alert))
  const [oldest] = group.details.keys()
  if (group.details.size > mostDetails && oldest !== undefined) group.details.delete(oldest)
}
