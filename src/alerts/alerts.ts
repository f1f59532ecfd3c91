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
  /** How many may go out at once yet. */
  free: number
  /** Of what is held: how many, the latest of each subject, and the latest event. */
  count: number
  details: Map<string, string>
  event: AlertEvent
  timer: ReturnType<typeof setTimeout>
}

/** A state's coming and going are one story: its last word is what holds. */
const stories: Partial<Record<AlertEvent, string>> = { database_away: 'database', database_back: 'database' }

/** Alerts grouped by event, so that a flood is a message each few minutes, in bounded memory. */
export function createAlerts(options: AlertsOptions): Alerts {
  const { outbox, logger, count, window_ms = usualWindow_ms } = options
  const groups = new Map<string, Group>()

  const send = (event: AlertEvent, times: number, details: readonly string[]) => {
    const message = { event, title: alertTitles[event], count: times, details, at: new Date() }
    logger.error({ alert: message }, 'alert')
    outbox?.push(message)
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
      await outbox?.close(most_ms)
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
