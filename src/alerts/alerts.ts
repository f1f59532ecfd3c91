import type { Logger } from 'pino'
import { type Alert, type AlertEvent, alertTitles, detailOf, subjectOf } from './alert.ts'
import type { Outbox } from './outbox.ts'

/** Tells operators what needs their attention. */
export interface Alerts {
  /** Never throws and never blocks. */
  raise(alert: Alert): void
  /** Tries once to send each message that is still held back. Gives up after `most_ms`. */
  close(most_ms: number): Promise<void>
}

export interface AlertsOptions {
  /** Who is told, beside the log. */
  outboxes: readonly Outbox[]
  logger: Logger
  /** Counts each alert, sent or held back. */
  count: (event: AlertEvent) => void
  /** The first alert of an event goes out at once. Those within this time after it become one message at its end. */
  window_ms?: number
}

const usualWindow_ms = 5 * 60_000
const mostDetails = 5

interface Group {
  /** How many more may go out at once. */
  free: number
  /** What is held back: how many alerts, the latest detail of each subject, and the latest event. */
  count: number
  details: Map<string, string>
  event: AlertEvent
  timer: ReturnType<typeof setTimeout>
}

/** Events that are grouped together: the message at the end of a window tells the latest of them. */
const stories: Partial<Record<AlertEvent, string>> = { database_away: 'database', database_back: 'database' }

/** Groups alerts by event. So a flood becomes one message every few minutes, and memory stays bounded. */
export function createAlerts(options: AlertsOptions): Alerts {
  const { outboxes, logger, count, window_ms = usualWindow_ms } = options
  const groups = new Map<string, Group>()

  const send = (event: AlertEvent, times: number, details: readonly string[]) => {
    const message = { event, title: alertTitles[event], count: times, details, at: new Date() }
    logger.error({ alert: message }, 'alert')
    for (const outbox of outboxes) outbox.push(message)
  }
  const openWindow = (story: string, event: AlertEvent, free: number): Group => {
    const timer = setTimeout(() => closeWindow(story), window_ms)
    timer.unref()
    const group: Group = { free, count: 0, details: new Map(), event, timer }
    groups.set(story, group)
    return group
  }
  const sendHeld = ({ count: held, event, details }: Group): boolean => {
    if (held > 0) send(event, held, [...details.values()])
    return held > 0
  }
  const closeWindow = (story: string) => {
    const group = groups.get(story)
    groups.delete(story)
    if (group && sendHeld(group)) openWindow(story, group.event, 0)
  }

  return {
    raise(alert) {
      const { event } = alert
      count(event)
      const story = stories[event] ?? event
      const group = groups.get(story) ?? openWindow(story, event, event in stories ? 2 : 1)
      if (group.free === 0) return hold(group, alert)
      group.free -= 1
      send(event, 1, [detailOf(alert)])
    },
    async close(most_ms) {
      for (const group of groups.values()) {
        clearTimeout(group.timer)
        sendHeld(group)
      }
      groups.clear()
      await Promise.all(outboxes.map((outbox) => outbox.close(most_ms)))
    },
  }
}

function hold(group: Group, alert: Alert): void {
  const subject = subjectOf(alert)
  group.count += 1
  group.event = alert.event
  group.details.delete(subject)
  group.details.set(subject, detailOf(alert))
  const [oldest] = group.details.keys()
  if (group.details.size > mostDetails && oldest !== undefined) group.details.delete(oldest)
}
