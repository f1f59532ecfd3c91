import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { BatchReport } from '../till/lane.ts'

export interface HttpMetrics {
  observe(method: string, route: string, code: number, took_ms: number): void
}

/** A run of a scheduled job on this replica. */
export interface JobReport {
  job: string
  failed: boolean
  rows: number
  took_ms: number
}

/** The service's figures in Prometheus' text format. */
export interface Metrics {
  http: HttpMetrics
  batch(report: BatchReport): void
  /** How a run of a scheduled job went. */
  job(report: JobReport): void
  /** A figure that only grows; answers what adds to it, one if nothing is said. Labels take few values. */
  counter<Label extends string>(
    name: string,
    help: string,
    labels: readonly Label[],
  ): (of: Record<Label, string>, by?: number) => void
  /** Durations; answers what takes one, in ms. */
  timer(name: string, help: string): (took_ms: number) => void
  /** Figures that only grow and are counted elsewhere, one a name; read when the page is. */
  totals(name: string, help: string, label: string, read: () => Iterable<readonly [string, number]>): void
  /** Figures that are read when the page is. */
  watch(gauges: Record<string, { help: string; read: () => number }>): void
  text(): Promise<string>
  contentType: string
}

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export function createMetrics(): Metrics {
  const registers = [new Registry()]
  const [registry] = registers as [Registry]
  collectDefaultMetrics({ register: registry })
  return {
    http: httpMetrics(registers),
    batch: tillMetrics(registers),
    job: jobMetrics(registers),
    counter(name, help, labelNames) {
      const counter = new Counter({ name, help, labelNames, registers })
      // The library sorts and joins labels at every look-up.
      const children = new Map<string, (by?: number) => void>()
      return (of, by) => {
        const key = labelNames.map((label) => of[label]).join(' ')
        const add = children.get(key) ?? counter.labels(of).inc
        children.set(key, add)
        add(by)
      }
    },
    timer(name, help) {
      const histogram = new Histogram({ name, help, buckets: seconds, registers })
      return (took_ms) => histogram.observe(took_ms / 1000)
    },
    totals(name, help, label, read) {
      const counter: Counter = new Counter({
        name,
        help,
        labelNames: [label],
        registers,
        collect() {
          counter.reset()
          for (const [of, total] of read()) counter.inc({ [label]: of }, total)
        },
      })
    },
    watch(gauges) {
      for (const [name, { help, read }] of Object.entries(gauges)) {
        const gauge: Gauge = new Gauge({ name, help, registers, collect: () => gauge.set(read()) })
      }
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

function httpMetrics(registers: Registry[]): HttpMetrics {
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests by route and envelope code',
    labelNames: ['method', 'route', 'code'],
    registers,
  })
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer, by route',
    labelNames: ['route'],
    buckets: seconds,
    registers,
  })
  // The library sorts and joins labels at every look-up; routes and codes are few, so each is looked up once.
  const counts = new Map<string, () => void>()
  const timers = new Map<string, (took_s: number) => void>()
  return {
    observe(method, route, code, took_ms) {
      const name = `${method} ${route} ${code}`
      const count = counts.get(name) ?? requests.labels({ method, route, code }).inc
      counts.set(name, count)
      count()
      const time = timers.get(route) ?? durations.labels({ route }).observe
      timers.set(route, time)
      time(took_ms / 1000)
    },
  }
}

function tillMetrics(registers: Registry[]): (report: BatchReport) => void {
  const sizes = new Histogram({
    name: 'till_batch_operations',
    help: 'Operations in a batch',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
    registers,
  })
  const queued = new Histogram({
    name: 'till_queue_seconds',
    help: 'The longest wait before a batch began',
    buckets: seconds,
    registers,
  })
  const took = new Histogram({
    name: 'till_commit_seconds',
    help: 'From a batch’s first statement to its answered COMMIT',
    buckets: seconds,
    registers,
  })
  const retries = new Counter({ name: 'till_retries_total', help: 'Batches run again', registers })
  const refused = new Counter({ name: 'till_refused_total', help: 'Operations that the rules turned down', registers })
  return (report) => {
    sizes.observe(report.size)
    queued.observe(report.queued_ms / 1000)
    took.observe(report.took_ms / 1000)
    retries.inc(report.retries)
    refused.inc(report.refused)
  }
}

function jobMetrics(registers: Registry[]): (report: JobReport) => void {
  // Prometheus calls what it scrapes `job` itself.
  const labelNames = ['name', 'outcome'] as const
  const runs = new Counter({ name: 'job_runs_total', help: 'Runs of jobs on this replica', labelNames, registers })
  const rows = new Counter({ name: 'job_rows_total', help: 'Rows that jobs settled', labelNames: ['name'], registers })
  const took = new Gauge({
    name: 'job_last_run_seconds',
    help: 'Length of the last run',
    labelNames: ['name'],
    registers,
  })
  const good = new Gauge({
    name: 'job_last_success_timestamp_seconds',
    help: 'When a job last went well on this replica',
    labelNames: ['name'],
    registers,
  })
  return ({ job: name, failed, rows: done, took_ms }) => {
    runs.inc({ name, outcome: failed ? 'failed' : 'done' })
    rows.inc({ name }, done)
    took.set({ name }, took_ms / 1000)
    if (!failed) good.set({ name }, Date.now() / 1000)
  }
}
