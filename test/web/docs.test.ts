import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { refusals } from '../../src/contract/refusals.ts'
import type { OpenApiDocument } from '../../src/http/openapi.ts'
import { findings } from '../support/axe.ts'
import { deskScreen, type Page, usePages } from '../support/pages.ts'
import { signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'

const service = useService()
const pages = usePages()
const described = async () => (await (await fetch(`${service.url}/api/openapi.json`)).json()) as OpenApiDocument

const open = async (options = {}, hash = '') => {
  const page = await (await pages.open({ viewport: deskScreen, ...options })).newPage()
  await page.goto(`${service.url}/api/docs${hash}`)
  await page.getByRole('heading', { name: 'Codes' }).waitFor()
  return page
}
const call = (page: Page, id: string) => page.locator(`[id="${id}"]`)

test('the page shows every call, every frame and every code with its sentence', async () => {
  const { paths, 'x-messages': messages } = await described()
  const page = await open()
  const ids = await page.locator('.call[id]').evaluateAll((cards) => cards.map(({ id }) => id))
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
  expect(ids.sort()).toEqual(operations.map(({ operationId }) => operationId).sort())
  for (const type of [...Object.keys(messages), 'ping', 'auth', 'subscribe_products'])
    expect(await page.locator('#frames summary code', { hasText: new RegExp(`^${type}$`) }).count()).toBe(1)
  for (const [code, { sentence }] of Object.entries(refusals))
    expect(await page.locator(`#code-${code} td`).textContent()).toBe(sentence)
})

test('an address names a call, which is open then, with its example, its refusals and a line for a terminal', async () => {
  const page = await open({}, '#postApiLotteryDraw')
  const card = call(page, 'postApiLotteryDraw')
  await card.getByText('daily').or(card.getByText('$TOKEN')).first().waitFor()
  const line = (await card.getByRole('figure', { name: 'In a terminal' }).locator('pre').textContent()) ?? ''
  expect(line).toStartWith(`curl -X POST '${service.url}/api/lottery/draw' \\\n  -H "Authorization: Bearer $TOKEN"`)
  expect(line).toContain(`-d '{"draw_type":"triple","client_seed":"my-luck"}'`)
  expect(await card.getByRole('figure', { name: 'An answer' }).textContent()).toContain('"draw_sequence": 1')
  expect(await card.getByRole('row', { name: /^3003/ }).textContent()).toContain(refusals[3003].sentence)
})

test('the line for a terminal is copied', async () => {
  const context = await pages.open({ viewport: deskScreen, permissions: ['clipboard-read', 'clipboard-write'] })
  const page = await context.newPage()
  await page.goto(`${service.url}/api/docs#postApiAuthLogin`)
  await page.getByRole('button', { name: 'Copy: In a terminal' }).click()
  await page.getByText('Copied').waitFor()
  const copied = (await page.evaluate('navigator.clipboard.readText()')) as string
  expect(copied).toStartWith(`curl -X POST '${service.url}/api/auth/login'`)
  const child = Bun.spawn(['bash', '-c', copied], { stdio: ['ignore', 'pipe', 'ignore'] })
  expect(await new Response(child.stdout).json()).toHaveProperty('msg')
})

test('a call is tried with a token, and the answer is shown as it came', async () => {
  const { token } = await signIn(service)
  const page = await open({}, '#getApiUserStatus')
  const card = call(page, 'getApiUserStatus')
  const send = async () => {
    await card.getByRole('button', { name: 'Send' }).click()
    return card.getByRole('status')
  }
  await (await send()).getByText('code 2001').waitFor()
  await page.getByLabel('Bearer token').fill(token)
  await (await send()).getByText('code 0').waitFor()
  expect(await card.getByRole('status').textContent()).toContain('"total_points": 1000')
  await page.reload()
  expect(await page.getByLabel('Bearer token').inputValue()).toBe(token)
})

test('a call with a body is tried as it is typed', async () => {
  const page = await open({}, '#putApiUserInfo')
  await page.getByLabel('Bearer token').fill((await signIn(service)).token)
  const card = call(page, 'putApiUserInfo')
  await card.getByLabel('Body').fill('{"nickname":"一二三"}')
  await card.getByRole('button', { name: 'Send' }).click()
  await card.getByRole('status').getByText('"nickname": "一二三"').waitFor()
})

test('a search finds calls by path, code, right and word, and / leads to it', async () => {
  const page = await open()
  await page.keyboard.press('/')
  const found = async (words: string) => {
    await page.getByLabel(/^Search/).fill(words)
    return page.locator('.call[id] summary code').allTextContents()
  }
  await page.keyboard.type('check-in')
  expect(await page.locator('.call[id] summary code').allTextContents()).toEqual(['/api/user/check-in'])
  expect(await found('3007')).toEqual(['/api/lottery/draws/{draw_id}/proof'])
  expect(await found('POST corrections')).toEqual(['/api/merchant/users/{id}/points'])
  expect(await found('zebra')).toEqual([])
  await page.getByText(/^0 of \d+ calls$/).waitFor()
})

test.each(['light', 'dark'] as const)('axe finds nothing in the %s theme', async (colorScheme) => {
  const page = await open({ colorScheme }, '#postApiLotteryDraw')
  await page.locator('#frames summary').first().click()
  await call(page, 'postApiPhotoUpload').locator('summary').click()
  expect(await findings(page)).toEqual([])
})

test('a call can be found, opened and sent with the keyboard alone', async () => {
  const page = await open()
  await page.keyboard.press('/')
  await page.keyboard.type('fairness/wheels')
  const reach = async (words: RegExp) => {
    for (let step = 0; step < 60; step += 1) {
      await page.keyboard.press('Tab')
      // The search may still be narrowing the page, and past its end nothing has the focus.
      if (words.test(await page.evaluate<string>("document.activeElement?.textContent ?? ''"))) return
    }
    throw new Error(`${words} was not reached`)
  }
  await reach(/^GET \/api\/fairness\/wheels/)
  await page.keyboard.press('Enter')
  await reach(/^Send$/)
  await page.keyboard.press('Enter')
  await call(page, 'getApiFairnessWheelsVersion').getByText('HTTP 200 · code 0').waitFor()
})

const folder = join(import.meta.dir, '../../.data/test/pages')
test.each([
  ['360-light', { colorScheme: 'light', viewport: { width: 360, height: 740 } }],
  ['360-dark', { colorScheme: 'dark', viewport: { width: 360, height: 740 } }],
  ['1280-light', { colorScheme: 'light' }],
  ['1280-dark', { colorScheme: 'dark' }],
] as const)('the page can be seen at %s', async (name, options) => {
  const page = await open(options)
  await page.screenshot({ path: join(folder, `docs-${name}.png`) })
  await page.goto(`${service.url}/api/docs#postApiExchangeSubmit`)
  await call(page, 'postApiExchangeSubmit').getByText('Try it').waitFor()
  await page.screenshot({ path: join(folder, `docs-call-${name}.png`) })
})
