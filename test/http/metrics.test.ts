import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { Counter, Histogram, Registry } from 'prom-client'
import { bounds_s, createDurations } from '../../src/http/durations.ts'
import { createMetrics } from '../../src/http/metrics.ts'

const [name, help] = ['took_seconds', 'Time taken']
const route = fc.constantFrom('/a', '/b/:id', '*')

test('durations read as those of the library’s own histogram', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(route, fc.double({ min: 0, max: 20, noNaN: true }))), async (values) => {
      const [ours, theirs] = [new Registry(), new Registry()]
      const record = createDurations(ours, name, help)
      const histogram = new Histogram({ name, help, labelNames: ['route'], buckets: bounds_s, registers: [theirs] })
      for (const [of, took_s] of [...values, ...bounds_s.map((bound) => ['/bound', bound] as const)]) {
        record(of, took_s)
        histogram.observe({ route: of }, took_s)
      }
      expect(await ours.metrics()).toBe(await theirs.metrics())
    }),
  ))

test('counters read as the library’s own, at every scrape', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(route, fc.constantFrom('x', 'y', 'z z'), fc.nat())), async (values) => {
      const metrics = createMetrics()
      const theirs = new Registry()
      const labelNames = ['of', 'by'] as const
      const add = metrics.counter('things_total', 'Things', labelNames, [{ of: 'none', by: 'nobody' }])
      const counter = new Counter({ name: 'things_total', help: 'Things', labelNames, registers: [theirs] })
      counter.inc({ of: 'none', by: 'nobody' }, 0)
      for (const [of, by, count] of values) {
        add({ of, by }, count)
        counter.inc({ of, by }, count)
      }
      await metrics.text()
      expect(await metrics.text()).toContain((await theirs.metrics()).trim())
    }),
    { numRuns: 20 },
  ))
