/**
 * Measures how long a browser takes to verify a draw: `bun bench/verify-page.ts [--rounds n]`. Somebody draws a few
 * times, ten turns each; the receipt and the proof of the last draw are given to the page `/verify` in Chromium, which
 * tells how long it took. The proof holds its epoch's seed, as it does once the day is over. Exits 1
 * when the median is over the target, or when the page finds anything wrong.
 */

import { parseArgs } from 'node:util'
import { chromium, type Page } from 'playwright-core'
import { seedChainOf } from '../src/fairness/chain.ts'
import type { Proof, Receipt } from '../src/verifier/documents.ts'
import { chromium as executable } from '../test/support/browser.ts'
import { makePeople, type Person } from './people.ts'
import { makeProofSettings } from './provable.ts'
import { printLine } from './result.ts'
import { median, rounded } from './sample.ts'
import { openStage } from './stage.ts'

const target_ms = 50
const drawsBefore = 3
const patience_ms = 30_000
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '20' } } })

const stage = await openStage()
try {
  const settings = makeProofSettings()
  const { url } = await stage.startService(settings)
  const [person] = await makePeople(stage, url, 1)
  if (!person) throw new Error('nobody signed in')
  const { receipt, proof } = await drawn(url, person, settings.DRAW_SEED)
  const took_ms = await timesIn(url, [receipt, proof], Number(values.rounds))
  const median_ms = median(took_ms)
  const { turns } = proof.draw
  printLine({
    scenario: 'a receipt and its proof are verified in Chromium',
    ...{ turns: turns.length, earlier_draws: proof.history.length, bytes: JSON.stringify(proof).length },
    ...{ first_ms: took_ms[0], median_ms, slowest_ms: Math.max(...took_ms) },
    ...{ target: `<= ${target_ms} ms`, met: median_ms <= target_ms },
  })
  process.exitCode = median_ms <= target_ms ? 0 : 1
} finally {
  await stage.close()
}

/** Draws some times, and returns what the last draw leaves once it is in the log. */
async function drawn(url: string, person: Person, seeds: string): Promise<{ receipt: Receipt; proof: Proof }> {
  const call = async (path: string, body?: object) => {
    const headers = { Authorization: `Bearer ${person.token}`, 'Content-Type': 'application/json' }
    const init = body ? { method: 'POST', body: JSON.stringify(body), headers } : { headers }
    return (await (await fetch(`${url}/api/lottery${path}`, init)).json()) as { code: number; data: unknown }
  }
  const draw = async () => {
    const { code, data } = await call('/draw', { draw_type: 'decade', client_seed: crypto.randomUUID() })
    if (code !== 0) throw new Error(`a draw was refused with ${code}`)
    return data as { draw_id: string; receipt: Receipt }
  }
  let last = await draw()
  for (let times = 0; times < drawsBefore; times += 1) last = await draw()
  for (const deadline = Date.now() + patience_ms; Date.now() < deadline; await Bun.sleep(250)) {
    const { code, data } = await call(`/draws/${last.draw_id}/proof`)
    const { proof } = (data ?? {}) as { proof?: Proof }
    if (code !== 0 || !proof) continue
    const seed = seedChainOf(seeds).seedOf(proof.draw.epoch).toString('hex')
    return { receipt: last.receipt, proof: { ...proof, seed } }
  }
  throw new Error('the draw did not get into the log')
}

/** Gives the documents to the page again and again, and returns the time that each verification took. */
async function timesIn(url: string, documents: readonly object[], rounds: number): Promise<number[]> {
  const browser = await chromium.launch({
    executablePath: await executable(),
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  })
  try {
    const page = await browser.newPage({ locale: 'zh-CN' })
    await page.goto(`${url}/verify`)
    const took_ms: number[] = []
    for (let round = 0; round < rounds; round += 1) took_ms.push(await timeOf(page, documents))
    return took_ms
  } finally {
    await browser.close()
  }
}

async function timeOf(page: Page, documents: readonly object[]): Promise<number> {
  const buffer = Buffer.from(JSON.stringify(documents))
  await page.getByLabel('选文件').setInputFiles({ name: 'draw.json', mimeType: 'application/json', buffer })
  await page.getByText('每一项都对').waitFor()
  const took_ms = Number(await page.locator('.took').getAttribute('data-ms'))
  await page.getByRole('button', { name: '全部移除' }).click()
  return rounded(took_ms)
}
