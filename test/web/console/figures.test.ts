import { expect, test } from 'bun:test'
import { findings } from '../../support/axe.ts'
import { enterAs } from '../../support/console.ts'
import { jpegOf, picture } from '../../support/images.ts'
import { screenSizes, shooterOf } from '../../support/looks.ts'
import { deskScreen, type Page, usePages } from '../../support/pages.ts'
import { somePastDays } from '../../support/past-days.ts'
import { givePoints, signIn } from '../../support/people.ts'
import { useService } from '../../support/service.ts'
import { newUpload, photoForm } from '../../support/uploads.ts'

const service = useService()
const pages = usePages()
const calm = { reducedMotion: 'reduce' } as const
const markup = '<img src=x onerror="document.title=1">'

const tile = (page: Page, name: string) =>
  page.locator('.tiles > div', { has: page.locator('dt', { hasText: new RegExp(`^${name}$`) }) })
const chart = (page: Page, title: string) =>
  page.locator('figure', { has: page.getByRole('heading', { name: title, exact: true }) })

async function draws(times: number): Promise<void> {
  const diner = await signIn(service)
  await givePoints(service, diner, times * 100)
  const draw = { token: diner.token, body: { draw_type: 'single' } }
  for (let turn = 0; turn < times; turn += 1)
    expect((await service.client.post('/api/lottery/draw', draw)).code).toBe(0)
}

test('today stands beside the same day of last week, with what waits', async () => {
  pages.expectComplaint('404')
  await somePastDays(service, 8)
  await newUpload(service, await signIn(service))
  const { page } = await enterAs(await pages.open(calm), service, 'owner', 'figures')
  await tile(page, '等待审核').getByText('1', { exact: true }).waitFor()
  expect(await tile(page, '抽奖次数').locator('dd').textContent()).toBe('3上周 8 -62%')
  expect(await tile(page, '通过小票').locator('dd').textContent()).toBe('1上周 2 -50%')
  expect(await tile(page, '审核用时').locator('b').textContent()).toBe('4 分钟')
  await page.getByText(/^与上周周.（\d\d:\d\d 之前）相比$/).waitFor()
  await tile(page, '等待审核').getByRole('link', { name: '去审核' }).click()
  await page.getByRole('heading', { name: '审核', exact: true }).waitFor()
})

test('each chart is drawn, and its table says the same to who can’t see it', async () => {
  await somePastDays(service, 3)
  const { page, person } = await enterAs(await pages.open(calm), service, 'auditor', 'figures')
  await page.locator('.plot canvas').nth(4).waitFor()
  expect(await page.locator('.plot[aria-hidden=true]').count()).toBe(5)
  const moved = chart(page, '积分发放与使用')
  await moved.getByText('看每天的数字').click()
  const { data } = await service.client.get('/api/merchant/figures', { token: person.token })
  const plain = (value: number) => value.toLocaleString('zh-CN')
  const expected = data.points.series.map(
    ({ day, given, spent }: { day: string; given: number; spent: number }) => `${day}${plain(given)}${plain(spent)}`,
  )
  expect((await moved.getByRole('row').allTextContents()).slice(1)).toEqual(expected.toReversed())
  expect(await chart(page, '未使用积分').locator('.legend b').textContent()).toBe(
    `现在 ${plain(data.points.outstanding)}`,
  )
})

test('the day under the pointer is told in numbers, in place of the sum', async () => {
  await draws(3)
  const { page } = await enterAs(await pages.open({ ...calm, viewport: deskScreen }), service, 'owner', 'figures')
  const play = chart(page, '抽奖、兑换与新顾客')
  const over = play.locator('.u-over')
  await over.waitFor()
  expect(await play.locator('.legend li').first().textContent()).toBe('抽奖 合计 3')
  const box = await over.boundingBox()
  await over.hover({ position: { x: (box?.width ?? 0) - 2, y: 40 } })
  await play.locator('.legend li', { hasText: /^抽奖 3$/ }).waitFor()
  await over.hover({ position: { x: 2, y: 40 } })
  await play.locator('.legend li', { hasText: /^抽奖 0$/ }).waitFor()
})

test('the days that are shown stand in the address, outlive a reload, and are found by the keyboard', async () => {
  const { page } = await enterAs(await pages.open(calm), service, 'manager', 'figures')
  await page.getByRole('button', { name: '近 7 天' }).focus()
  await page.keyboard.press('Enter')
  expect(page.url()).toEndWith('#figures?period=week')
  await page.reload()
  await page.locator('[aria-pressed=true]', { hasText: '近 7 天' }).focus()
  await page.keyboard.press('Tab')
  expect(await page.locator(':focus').textContent()).toBe('看每天的数字')
  await page.keyboard.press('Enter')
  await page.locator('.chart details[open] tr').nth(7).waitFor()
  expect(await page.locator('.chart details[open] tr').count()).toBe(8)
})

test('the odds that came stand beside those declared, with a word on whether they fit', async () => {
  await draws(2)
  const { page } = await enterAs(await pages.open(calm), service, 'owner', 'figures')
  await page.getByText('次数还少，看不出是否相符').waitFor()
  expect(await page.locator('.odds-figures tbody tr').count()).toBe(8)
  await draws(90)
  const rolled = `SELECT COUNT(*) FROM lottery_records WHERE is_pity = 0`
  await service.database.query(
    `UPDATE wheel_version_prizes p SET probability =
       (SELECT COUNT(*) FROM lottery_records r WHERE r.prize_id = p.prize_id AND is_pity = 0) / (${rolled})`,
  )
  await page.reload()
  await page.getByText('与公布的概率相符（p = 1.000）').waitFor()
  const [most] = await service.database.query<{ prize_id: number; prize_name: string; probability: string }>(
    'SELECT prize_id, prize_name, probability FROM wheel_version_prizes ORDER BY probability DESC LIMIT 1',
  )
  const shown = `${Number((Number(most?.probability) * 100).toFixed(2))}%`
  const row = page.locator('.odds-figures tbody tr', { hasText: most?.prize_name ?? '' })
  expect(await row.locator('td').nth(1).textContent()).toBe(shown)
  await service.database.query('UPDATE wheel_version_prizes SET probability = (prize_id <> ?) / 7', [most?.prize_id])
  await page.reload()
  await page.getByText('偏差过大，请检查（p < 1e-9）').waitFor()
})

test('a reviewer sees their own work, and nothing of the restaurant’s', async () => {
  const { page, person } = await enterAs(await pages.open(calm), service, 'reviewer', 'figures')
  await tile(page, '已审核').getByText('0').waitFor()
  const upload_id = await newUpload(service, await signIn(service))
  await service.client.post('/api/merchant/review', { token: person.token, body: { upload_id, action: 'approve' } })
  await page.getByRole('button', { name: '近 7 天' }).click()
  await tile(page, '发放积分').getByText('885').waitFor()
  expect(await page.locator('.chart').count()).toBe(0)
})

test('an upload moves the figures of whoever looks, without a reload', async () => {
  const diner = await signIn(service)
  const { page } = await enterAs(await pages.open(calm), service, 'owner', 'figures')
  await tile(page, '上传小票').getByText('0', { exact: true }).waitFor()
  const form = photoForm(await jpegOf(picture(3)), '66.00')
  expect((await service.client.post('/api/photo/upload', { token: diner.token, form })).code).toBe(0)
  await tile(page, '上传小票').getByText('1', { exact: true }).waitFor()
  await tile(page, '等待审核').getByText('1', { exact: true }).waitFor()
})

test('names of prizes are shown as text, whatever they hold', async () => {
  await draws(1)
  for (const table of ['lottery_prizes', 'wheel_version_prizes'])
    await service.database.query(`UPDATE ${table} SET prize_name = ?`, [markup])
  const { page } = await enterAs(await pages.open(calm), service, 'owner', 'figures')
  await page.locator('.odds-figures tbody th', { hasText: markup }).first().waitFor()
  expect(await page.locator('img').count()).toBe(0)
})

test('a session that ends comes back to the same days', async () => {
  const { page, person } = await enterAs(await pages.open(calm), service, 'owner', 'figures?period=week')
  await page.locator('.plot canvas').first().waitFor()
  await service.database.query('DELETE FROM sessions')
  await page.getByRole('button', { name: '近 30 天' }).click()
  await page.getByLabel('手机号').fill(person.phone)
  await page.getByLabel('短信验证码').fill('123456')
  await page.keyboard.press('Enter')
  await page.locator('[aria-pressed=true]', { hasText: '近 30 天' }).waitFor()
  await page.locator('.plot canvas').nth(4).waitFor()
})

test('nothing moves while the figures come, whichever comes last', async () => {
  const context = await pages.open(calm)
  const { page } = await enterAs(context, service, 'owner', 'figures')
  await context.route('**/lottery/stats*', async (route) => {
    await Bun.sleep(700)
    await route.continue()
  })
  await page.reload()
  await page.locator('.plot canvas').nth(4).waitFor()
  await page.locator('.odds-figures').waitFor()
  const moved = await page.evaluate(`new Promise((resolve) => {
    let sum = 0
    const add = (shifts) => { for (const { value } of shifts.getEntries()) sum += value }
    new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true })
    setTimeout(() => resolve(sum), 300)
  })`)
  expect(moved).toBeLessThan(0.05)
})

test.each(screenSizes)('the figures can be seen at %s, axe finds nothing, nothing is wider', async (name, options) => {
  await somePastDays(service, 16)
  const { page } = await enterAs(await pages.open({ ...options, ...calm }), service, 'owner', 'figures')
  await page.locator('.plot canvas').nth(4).waitFor()
  await page.waitForTimeout(300)
  await shooterOf(name)(page, 'console-figures')
  await shooterOf(name)(page, 'console-figures-all', true)
  await page.locator('.chart summary').first().click()
  expect(await findings(page)).toEqual([])
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(options.viewport.width)
})
