import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { within } from '../lib/within.ts'
import type { BatchReport } from '../till/options.ts'
import { bounds_s, createDurations } from './durations.ts'
import { createTally, type Labels, type Tally } from './tally.ts'

export interface HttpMetrics {
  observe(method: string, route: string, code: number, took_ms: number): void
}

/** The service's metrics, in Prometheus' text format. */
export interface Metrics {
  http: HttpMetrics
  batch(report: BatchReport): void
  /**
   * Makes a counter and returns the function that adds to it, by 1 unless told otherwise. Labels take few values. Those
   * in `known` start at 0; otherwise Prometheus can't see their first increase.
   */
  counter<Label extends string>(
    name: string,
    help: string,
    labels: readonly Label[],
    known?: readonly Record<Label, string>[],
  ): (of: Record<Label, string>, by?: number) => void
  /** Makes a histogram of durations and returns the function that records one, in ms. */
  timer(name: string, help: string): (took_ms: number) => void
  /** Makes a counter that is counted elsewhere: a total for each value of the label, read at each scrape. */
  readCounter(name: string, help: string, label: string, read: () => Iterable<readonly [string, number]>): void
  /** Makes gauges that are read at each scrape. */
  readGauges(gauges: Record<string, { help: string; read: () => number }>): void
  /** Makes a gauge with labels that is queried at each scrape. When the query fails, the last value stays. */
  queryGauge<Label extends string>(
    name: string,
    help: string,
    labels: readonly Label[],
    read: () => Promise<Iterable<readonly [Record<Label, string>, number]>>,
  ): void
  text(): Promise<string>
  contentType: string
}

/** The metrics must be readable while the database is away. */
const askTimeout_ms = 1_000

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers: [Registry] = [registry]
  collectDefaultMetrics({ register: registry })
  return {
    http: httpMetrics(registers),
    batch: tillMetrics(registers),
    counter(name, help, labelNames, known = []) {
      const tally = talliedCounter(registers, { name, help, labelNames })
      for (const of of known) tally.add(of, 0)
      return tally.add
    },
    timer(name, help) {
      const histogram = new Histogram({ name, help, buckets: bounds_s, registers })
      return (took_ms) => histogram.observe(took_ms / 1000)
    },
    readCounter(name, help, label, read) {
      registerCounter(registers, { name, help, labelNames: [label] }, function* () {
        for (const [of, total] of read()) yield [{ [label]: of }, total]
      })
    },
    readGauges(gauges) {
      for (const [name, { help, read }] of Object.entries(gauges)) {
        const gauge: Gauge = new Gauge({ name, help, registers, collect: () => gauge.set(read()) })
      }
    },
    queryGauge(name, help, labelNames, read) {
      const gauge: Gauge = new Gauge({
        name,
        help,
        labelNames,
        registers,
        async collect() {
          const told = await within(read(), askTimeout_ms, []).catch(() => [])
          for (const [of, value] of told) gauge.set(of, value)
        },
      })
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

interface Named<Label extends string> {
  name: string
  help: string
  labelNames: readonly Label[]
}

function talliedCounter<Label extends string>(registers: Registry[], named: Named<Label>): Tally<Label> {
  const tally = createTally(named.labelNames)
  registerCounter(registers, named, tally.totals)
  return tally
}

/** Makes a counter whose values are read at each scrape. */
function registerCounter<Label extends string>(
  registers: Registry[],
  named: Named<Label>,
  read: () => Iterable<readonly [of: Labels<Label>, total: number]>,
): void {
  const collect = () => {
    counter.reset()
    for (const [of, total] of read()) counter.inc(of, total)
  }
  const counter: Counter<Label> = new Counter({ ...named, registers, collect })
}

function httpMetrics(registers: [Registry]): HttpMetrics {
  const [registry] = registers
  const requests = talliedCounter(registers, {
    name: 'http_requests_total',
    help: 'Requests by route and envelope code',
    labelNames: ['method', 'route', 'code'],
  })
  const time = createDurations(registry, 'http_request_duration_seconds', 'Time to answer, by route')
  return {
    observe(method, route, code, took_ms) {
      requests.add({ method, route, code })
      time(route, took_ms / 1000)
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
    buckets: bounds_s,
    registers,
  })
  const took = new Histogram({
    name: 'till_commit_seconds',
    help: 'From a batch’s first statement to its answered COMMIT',
    buckets: bounds_s,
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
