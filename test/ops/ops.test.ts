import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { YAML } from 'bun'
import { figuresOf } from '../support/figures.ts'
import { newProduct, signIn, signInMerchant } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { newUpload } from '../support/uploads.ts'

const service = useService()
const ops = join(import.meta.dir, '../../ops')

interface Rule {
  alert: string
  expr: string
  labels: { severity: string }
  annotations: { summary: string; runbook: string }
}

const { groups } = YAML.parse(readFileSync(join(ops, 'alerts.yml'), 'utf8')) as { groups: { rules: Rule[] }[] }
const rules = groups.flatMap((group) => group.rules)
const dashboard = JSON.parse(readFileSync(join(ops, 'grafana-dashboard.json'), 'utf8')) as {
  panels: { id: number; title: string; type: string; targets?: { expr: string }[] }[]
}
const charts = dashboard.panels.filter(({ type }) => type !== 'row')
const expressions = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...charts.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
]

/** The selectors of an expression: each metric with the labels it is chosen and summed by. */
function selectorsOf(expr: string): { metric: string; labels: string[] }[] {
  const grouping = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(/,\s*/))
  const bare = expr.replace(/\bby \([^)]*\)|\[[^\]]*\]/g, ' ').replace(/"[^"]*"/g, '""')
  const words = [...bare.matchAll(/([a-z][a-z0-9]*(?:_[a-z0-9]+)+|\bup\b)\b(?!\s*\()(?:\{([^}]*)\})?/g)]
  return words.map(([, metric = '', chosen = '']) => ({
    metric,
    labels: [...grouping, ...[...chosen.matchAll(/(\w+)\s*[=!]/g)].map(([, label = '']) => label)],
  }))
}

/** Uses every part that has labels and needs no outside party. */
async function useTheService(): Promise<void> {
  const person = await signIn(service)
  const { token } = person
  await service.client.post('/api/lottery/draw', { token, body: { draw_type: 'single' } })
  const product_id = await newProduct(service, 5)
  await service.client.post('/api/exchange/submit', { token, body: { product_id } })
  for (const job of service.services.jobs.all) await service.services.jobs.run(job)
  service.services.alerts.raise({ event: 'queue_full', queue: 'till' })
  const review = { upload_id: await newUpload(service, person), action: 'reject' }
  const merchant = await signInMerchant(service)
  await service.client.post('/api/merchant/review', { token: merchant.token, body: review })
}

/** Metrics and labels that Prometheus adds by itself. */
const foreign = { metrics: ['up'], labels: ['job', 'instance', 'le'] }

async function exposed(): Promise<Map<string, string>> {
  const { metrics } = service.services
  const text = await metrics.text()
  return new Map([...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type = '']) => [name, type]))
}

test('a running service has every metric that a rule or a chart names', async () => {
  await signIn(service)
  const types = await exposed()
  const series = new Set([...types].flatMap(([name, type]) => seriesOf(name, type)))
  const named = expressions.flatMap(([where, expr]) => selectorsOf(expr).map(({ metric }) => `${where}: ${metric}`))
  expect(named.length).toBeGreaterThan(60)
  const isThere = (metric: string) => series.has(metric) || foreign.metrics.includes(metric)
  expect(named.filter((entry) => !isThere(entry.split(': ')[1] ?? ''))).toEqual([])
})

test('every label in a rule or a chart belongs to its metric', async () => {
  await useTheService()
  const labels = new Map<string, string[]>()
  for (const sample of (await figuresOf(service.url)).keys()) {
    const [name = '', rest = ''] = sample.split('{')
    labels.set(
      name,
      [...rest.matchAll(/(\w+)="/g)].map(([, label = '']) => label),
    )
  }
  const seen = new Set<string>()
  const wrong = expressions.flatMap(([where, expr]) =>
    selectorsOf(expr).flatMap(({ metric, labels: used }) => {
      const known = labels.get(metric)
      if (!known) return []
      seen.add(metric)
      return used
        .filter((label) => !known.includes(label) && !foreign.labels.includes(label))
        .map((label) => `${where}: ${metric}{${label}}`)
    }),
  )
  expect(wrong).toEqual([])
  expect(seen.size).toBeGreaterThan(30)
})

test('a metric whose rise alerts is shown as 0 beforehand', async () => {
  const text = await service.services.metrics.text()
  const rises = rules.flatMap(({ alert, expr }) =>
    [...expr.matchAll(/increase\((\w+)(?:\{(\w+)(!?=)"([^"]+)"\})?/g)].map(([, metric = '', ...by]) => ({
      alert,
      metric,
      by,
    })),
  )
  expect(rises.length).toBeGreaterThan(5)
  for (const {
    alert,
    metric,
    by: [label, relation, value],
  } of rises) {
    const samples = text.split('\n').filter((line) => line.startsWith(metric))
    const chosen = samples.filter((line) => !label || line.includes(`${label}="${value}"`) === (relation === '='))
    expect([alert, chosen.length > 0]).toEqual([alert, true])
  }
})

test('every rule has a severity, a summary and a link to its page', () => {
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
  for (const { alert, labels, annotations } of rules) {
    expect(alert).toMatch(/^[A-Z][A-Za-z]+$/)
    expect(['critical', 'warning']).toContain(labels.severity)
    expect(annotations.summary).toMatch(/\p{Script=Han}/u)
    expect(annotations.runbook).toBe(`ops/RUNBOOK.md#${alert.toLowerCase()}`)
  }
})

test('every chart has an id of its own and at least one query', () => {
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
  expect(charts.filter(({ targets = [] }) => targets.length === 0)).toEqual([])
})

function seriesOf(name: string, type: string): string[] {
  return type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]
}
