import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { makeSeedChain } from '../../src/fairness/chain.ts'
import { day_ms } from '../../src/lib/calendar.ts'
import { makeSignerKey, signerOf } from '../../src/tlog/format/notes.ts'
import { createLog } from '../../src/tlog/log.ts'
import type { Document, Receipt } from '../../src/verifier/documents.ts'
import { verify } from '../../src/verifier/verify.ts'
import { findings } from '../support/axe.ts'
import { enter, type Page, tab, usePages } from '../support/pages.ts'
import { newPhone } from '../support/people.ts'
import { useService } from '../support/service.ts'

const logKey = makeSignerKey('points.example.com/log')
const service = useService({ LOG_KEY: logKey, DRAW_SEED: makeSeedChain(Math.floor(Date.now() / day_ms) + 10) })
const pages = usePages()
const calm = { reducedMotion: 'reduce' } as const
const seal = () => createLog({ ...service.services, signer: signerOf(logKey) }).seal()

/** A diner who has drawn once, with the list of their draws open. */
async function drawnOnce(): Promise<Page> {
  // The log that the process knew went with the tables of the test before.
  await service.services.fairness?.log.check()
  const page = await enter(await pages.open(calm), service, newPhone())
  await page.getByRole('button', { name: /^抽一次/ }).click()
  await page.locator('.outcome.landed').waitFor()
  return page
}
async function openCheck(page: Page) {
  await tab(page, '我的').click()
  await page.getByRole('button', { name: '抽奖记录' }).click()
  await page.getByRole('button', { name: /^核对抽中/ }).click()
  const sheet = page.getByRole('dialog', { name: '核对这次抽奖' })
  await sheet.waitFor()
  return sheet
}
const failed = (page: Page) =>
  page.locator('.checks > .failed').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-check')))

test('a draw is checked in the list of draws, by its proof and the receipt that the browser kept', async () => {
  const page = await drawnOnce()
  await seal()
  const sheet = await openCheck(page)
  await sheet.getByText('能核对的都对，还有几项要等').waitFor()
  expect(await failed(page)).toEqual([])
  expect(await sheet.getByRole('heading', { name: /^回执 .* 与 证明/ }).count()).toBe(1)
  const saved: Document[] = []
  for (const name of ['保存回执', '保存证明']) {
    const coming = page.waitForEvent('download')
    await sheet.getByRole('link', { name }).click()
    saved.push(JSON.parse(readFileSync(await (await coming).path(), 'utf8')))
  }
  expect(verify(saved).verdict).toBe('pending')
  expect(await sheet.getByRole('link', { name: '去核对页面' }).getAttribute('href')).toBe('/verify')
  expect(await findings(page)).toEqual([])
})

test('a draw that is not in the log yet says so, and is checked once it is', async () => {
  const page = await drawnOnce()
  const sheet = await openCheck(page)
  await sheet.getByText('这次抽奖还在存证中').waitFor()
  await seal()
  await sheet.getByRole('button', { name: '再试一次' }).click()
  await sheet.getByText('能核对的都对').waitFor()
})

test('a proof that says something else than the kept receipt is red, and both are named', async () => {
  const page = await drawnOnce()
  await seal()
  await page.evaluate(`{
    const name = Object.keys(localStorage).find((one) => one.startsWith('draw-receipts:'))
    const [kept] = JSON.parse(localStorage.getItem(name))
    kept.turns[0].prize_id += 1
    localStorage.setItem(name, JSON.stringify([kept]))
  }`)
  const sheet = await openCheck(page)
  await sheet.getByText(/^「回执 .*」和「证明 .*」互相矛盾$/).waitFor()
  expect(await failed(page)).toEqual(['leaves of the receipt', 'one draw'])
})

test('without the receipt the proof is checked alone, and the page says so', async () => {
  const page = await drawnOnce()
  await seal()
  await page.evaluate(
    `for (const name of Object.keys(localStorage)) if (name.startsWith('draw-receipts:')) localStorage.removeItem(name)`,
  )
  const sheet = await openCheck(page)
  await sheet.getByText('这台设备没有留下这次抽奖的回执').waitFor()
  expect(await failed(page)).toEqual([])
})

test('the browser keeps the receipts of the newest draws', async () => {
  const page = await drawnOnce()
  const kept = (await page.evaluate(
    `JSON.parse(localStorage.getItem(Object.keys(localStorage).find((one) => one.startsWith('draw-receipts:'))))`,
  )) as Receipt[]
  expect(kept.map(({ kind, client_seed_source }) => [kind, client_seed_source])).toEqual([['receipt', 'key']])
})
