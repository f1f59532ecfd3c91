import { expect, test } from 'bun:test'
import { enter, type Page, shownBalance, tab, usePages } from '../support/pages.ts'
import { newPhone, newProduct } from '../support/people.ts'
import { useService } from '../support/service.ts'

const service = useService()
const pages = usePages()
const calm = { reducedMotion: 'reduce' } as const
const hour_ms = 3_600_000

const countOf = async (table: 'lottery_records' | 'exchange_records') =>
  (await service.database.query<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.n

/** Lets requests for `path` reach the service, and loses their answers. */
async function loseAnswers(page: Page, path: string): Promise<() => Promise<void>> {
  pages.expectComplaint('net::ERR_')
  await page.route(path, async (route) => {
    await route.fetch()
    await route.abort()
  })
  return () => page.unroute(path)
}

test('a draw that is tapped twice is drawn once', async () => {
  const page = await enter(await pages.open(calm), service, newPhone())
  await page.evaluate(
    `(() => { const button = document.querySelector('.draw-buttons button'); button.click(); button.click() })()`,
  )
  await page.locator('.outcome.landed').waitFor()
  expect(await countOf('lottery_records')).toBe(1)
})

test('a draw whose answer was lost is heard by the next tap, and never drawn again', async () => {
  const page = await enter(await pages.open(calm), service, newPhone())
  const stop = await loseAnswers(page, '**/api/lottery/draw')
  await page.getByRole('button', { name: /^抽一次/ }).click()
  await page.getByText('上一次抽奖没收到结果').waitFor()
  await stop()
  await page.getByRole('button', { name: /^抽一次/ }).click()
  await page.locator('.outcome.landed').waitFor()
  expect(await countOf('lottery_records')).toBe(1)
  await page.getByRole('button', { name: /^抽一次/ }).click()
  await page.locator('.outcome.landed').waitFor()
  expect(await countOf('lottery_records')).toBe(2)
})

test('a draw whose answer was lost is offered after a reload, and not drawn again', async () => {
  const page = await enter(await pages.open(calm), service, newPhone())
  const stop = await loseAnswers(page, '**/api/lottery/draw')
  await page.getByRole('button', { name: /^3 次/ }).click()
  await page.getByText('上一次抽奖没收到结果').waitFor()
  await stop()
  await page.reload()
  await page.getByRole('button', { name: '查看结果' }).click()
  await page.getByRole('dialog', { name: '3 次抽奖的结果' }).waitFor()
  expect(await countOf('lottery_records')).toBe(3)
})

test('an exchange whose answer was lost is not made twice', async () => {
  await newProduct(service, 5, { name: '豆花', exchange_points: 100 })
  const page = await enter(await pages.open(calm), service, newPhone())
  await tab(page, '兑换').click()
  const stop = await loseAnswers(page, '**/api/exchange/submit')
  await page.getByRole('button', { name: '兑换 豆花' }).click()
  await page.getByRole('button', { name: '确认兑换' }).click()
  await page.getByText('网络不太好').waitFor()
  await stop()
  await page.getByRole('button', { name: '确认兑换' }).click()
  await page.getByText('兑换成功').waitFor()
  expect(await countOf('exchange_records')).toBe(1)
})

test('offline, the page says so and keeps what it shows; back online, it catches up and hears the lost draw', async () => {
  const context = await pages.open(calm)
  const page = await enter(context, service, newPhone())
  pages.expectComplaint('net::ERR_')
  await context.setOffline(true)
  await page.locator('.line.away').waitFor()
  expect(await shownBalance(page)).toBe(1_000)
  await page.getByRole('button', { name: /^抽一次/ }).click()
  await page.getByText('上一次抽奖没收到结果').waitFor()
  expect(await countOf('lottery_records')).toBe(0)
  await context.setOffline(false)
  await page.locator('.line.live').waitFor()
  await page.locator('.outcome.landed').waitFor()
  expect(await countOf('lottery_records')).toBe(1)
})

test('an access token that ends in the middle is renewed without a word, in every tab', async () => {
  const context = await pages.open(calm)
  const first = await enter(context, service, newPhone())
  const second = await context.newPage()
  await second.goto(service.url)
  await second.locator('.line.live').waitFor()
  service.clock.advance(3 * hour_ms)
  await Promise.all(
    [first, second].map(async (page) => {
      await page.getByRole('button', { name: /^抽一次/ }).click()
      await page.locator('.outcome.landed').waitFor()
    }),
  )
  const sessions = await service.database.query('SELECT session_id FROM sessions WHERE revoked_at IS NULL')
  expect(sessions).toHaveLength(1)
})

test('a session that is over leads to the sign-in', async () => {
  const page = await enter(await pages.open(calm), service, newPhone())
  await service.database.query('UPDATE sessions SET revoked_at = NOW(3)')
  service.clock.advance(3 * hour_ms)
  await page.getByRole('button', { name: /^抽一次/ }).click()
  await page.getByLabel('手机号').waitFor()
  expect(await countOf('lottery_records')).toBe(0)
})
