import type { Logger } from 'pino'
import { alertTitles } from '../alerts/alert.ts'
import type { Alerts } from '../alerts/alerts.ts'
import { createDatabaseWatch, type DatabaseWatch } from '../alerts/database-watch.ts'
import { openAlerts } from '../alerts/open-alerts.ts'
import type { Config } from '../config/config.ts'
import type { Push } from '../contract/messages.ts'
import type { Database } from '../db/client.ts'
import type { Metrics } from '../http/metrics.ts'
import type { Health, PartState } from '../http/operator-routes.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { cached } from '../lib/cached.ts'
import { version } from '../lib/version.ts'
import { within } from '../lib/within.ts'
import type { Relay } from '../realtime/relay.ts'
import type { ReadOutcome } from '../receipts/reading/reader.ts'
import type { Store } from '../storage/store.ts'
import type { Till } from '../till/till.ts'
import { createWriteProbe } from '../till/write-probe.ts'

const healthTimeout_ms = 2_000
const databaseCheckAge_ms = 500
const storageCheckAge_ms = 5_000
/** If the outcome of a COMMIT is unknown for longer than this, the database counts as away. */
const longSettling_ms = 3_000

/** The alerts as configured, with counters. */
export function countedAlerts(config: Config, database: Database, logger: Logger, metrics: Metrics): Alerts {
  const events = Object.keys(alertTitles).map((event) => ({ event }))
  const raised = metrics.counter('alerts_total', 'Alerts by event, sent or held back', ['event'], events)
  const outcomes = ['sent', 'failed', 'dropped'].map((outcome) => ({ outcome }))
  const messages = metrics.counter(
    'alert_messages_total',
    'Messages to the operators by outcome',
    ['outcome'],
    outcomes,
  )
  return openAlerts(config, {
    database,
    logger,
    count: (event) => raised({ event }),
    countMessage: (outcome) => messages({ outcome }),
  })
}

/** Reports what became of each photo in the reader, to the metrics and the operators. */
export function readerReport(metrics: Metrics, alerts: Alerts): (outcome: ReadOutcome, took_ms: number) => void {
  const outcomes = ['read', 'failed', 'skipped'].map((outcome) => ({ outcome }))
  const reads = metrics.counter('ocr_reads_total', 'Photos by what became of their reading', ['outcome'], outcomes)
  const observe = metrics.timer('ocr_read_seconds', 'Time to read one photo, its wait not included')
  return (outcome, took_ms) => {
    reads({ outcome })
    if (outcome === 'skipped') alerts.raise({ event: 'queue_full', queue: 'reader' })
    else observe(took_ms)
  }
}

/** Adds the figures that are looked up whenever `/metrics` is read. */
export function watchFigures(
  metrics: Metrics,
  parts: { till: Till<Push>; database: Database; poolSize: number; photosWaiting: () => number; watch: DatabaseWatch },
): void {
  const { till, database, poolSize, photosWaiting, watch } = parts
  metrics.readGauges({
    till_waiting: { help: 'Operations waiting for a batch', read: till.waiting },
    db_up: { help: '0 while the database is away', read: () => (watch.isUp ? 1 : 0) },
    db_connections: { help: 'Connections open', read: () => database.usage().total },
    db_connections_idle: { help: 'Connections idle', read: () => database.usage().idle },
    db_connections_in_use: { help: 'Connections at work', read: () => database.usage().total - database.usage().idle },
    db_connections_max: { help: 'Connections at the most', read: () => poolSize },
    db_waiting: { help: 'Callers waiting for a connection', read: () => database.usage().waiting },
    ocr_waiting: { help: 'Photos waiting for the reader', read: photosWaiting },
  })
}

/** Returns a function that checks by a write whether the database works. Callers at the same moment share one check. */
export function databaseCheckOf(database: Database, till: Pick<Till<Push>, 'settling_ms'>): () => Promise<PartState> {
  const probe = createWriteProbe(database)
  const look = async (): Promise<PartState> =>
    till.settling_ms() > longSettling_ms ? 'away' : lookAt(probe(healthTimeout_ms))
  return cached(look, databaseCheckAge_ms).get
}

/** Alerts when the database goes away and when it comes back. */
export function watchOver(databaseCheck: () => Promise<PartState>, alerts: Alerts): DatabaseWatch {
  return createDatabaseWatch({ look: async () => (await databaseCheck()) === 'ok', alerts })
}

async function lookAt(work: Promise<unknown>): Promise<PartState> {
  const answered = work.then(
    () => 'ok' as const,
    () => 'away' as const,
  )
  return within(answered, healthTimeout_ms, 'away' as const)
}

/** The parts of the service that `/health` shows. */
export function healthOf(parts: {
  databaseCheck: () => Promise<PartState>
  store: Store
  jobs: Jobs
  relay: Relay
}): Health {
  const { databaseCheck, store, jobs, relay } = parts
  const storage = cached(() => lookAt(store.check()), storageCheckAge_ms)
  // Without Redis there are only the sockets of this process, and they are well.
  const realtime = async () => (relay.state === 'off' ? ('ok' as const) : relay.state)
  return {
    version,
    startedAt: new Date(),
    checks: { database: databaseCheck, storage: storage.get, jobs: jobs.look, realtime },
  }
}
