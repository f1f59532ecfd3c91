import { expect } from 'bun:test'
import type { TestService } from './service.ts'
import { until } from './sockets.ts'

/** The samples of a service in this process, as they are now. */
export async function figuresNow({ services }: Pick<TestService, 'services'>): Promise<Map<string, number>> {
  return samplesOf(await services.metrics.text())
}

/** The samples of a `/metrics` page, by name and labels as the page writes them. They are up to a second old. */
export async function figuresOf(url: string): Promise<Map<string, number>> {
  const response = await fetch(`${url}/metrics`)
  expect(response.status, 'the figures are locked').toBe(200)
  return samplesOf(await response.text())
}

/** The samples in the text of such a page. */
export function samplesOf(text: string): Map<string, number> {
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    samples.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}

/** The sum of a figure over all its labels, or those that contain `labels`. */
export function sumOf(figures: Map<string, number>, name: string, labels = ''): number {
  let sum = 0
  for (const [sample, value] of figures) {
    if ((sample === name || sample.startsWith(`${name}{`)) && sample.includes(labels)) sum += value
  }
  return sum
}

/** Resolves once this many requests are being answered, without the request for the figures itself. */
export async function requestsUnderWay(url: string, count: number): Promise<void> {
  await until(async () => sumOf(await figuresOf(url), 'http_requests_in_flight') === count + 1)
}
