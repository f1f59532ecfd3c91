import { expect, test } from 'bun:test'
import { findings } from '../support/axe.ts'
import { deskScreen, enter, tab, usePages } from '../support/pages.ts'
import { givePoints, newPhone, newProduct, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'

const service = useService()
const pages = usePages()

test.each(['light', 'dark'] as const)('axe finds nothing on any tab or dialog in the %s theme', async (colorScheme) => {
  await newProduct(service, 3, { name: '桂花糕', exchange_points: 200 })
  await newProduct(service, 0, { name: '豆花', exchange_points: 200 })
  const phone = newPhone()
  await givePoints(service, await signIn(service, phone), 1_000)
  const context = await pages.open({ colorScheme, reducedMotion: 'reduce' })
  const stranger = await context.newPage()
  await stranger.goto(service.url)
  await stranger.getByLabel('手机号').waitFor()
  expect(await findings(stranger)).toEqual([])
  await stranger.close()
  const page = await enter(context, service, phone)
  const seen = async (what: string) => expect([what, await findings(page)]).toEqual([what, []])
  const dialog = async (opener: string | RegExp, what: string) => {
    await page.getByRole('button', { name: opener }).first().click()
    await page.getByRole('dialog').waitFor()
    await page.locator('dialog .skeleton').waitFor({ state: 'detached' })
    await seen(what)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
  await page.locator('.draw-buttons button').first().waitFor()
  await seen('wheel')
  await dialog('中奖概率与保底', 'odds')
  await dialog(/^10 次/, 'results')
  await tab(page, '兑换').click()
  await page.locator('.card').first().waitFor()
  await seen('goods')
  await dialog('兑换 桂花糕', 'exchange')
  await tab(page, '背包').click()
  await page.locator('.ticket').first().waitFor()
  await seen('wallet')
  await dialog(/^出示/, 'voucher')
  await dialog('会员码', 'member code')
  await tab(page, '小票').click()
  await page.getByText('还没有小票').waitFor()
  await seen('receipts')
  await tab(page, '我的').click()
  await page.locator('.figures').waitFor()
  await seen('me')
  for (const name of ['积分明细', '抽奖记录', '兑换订单', '登录的设备']) await dialog(name, name)
  await page.getByRole('button', { name: '改昵称' }).click()
  await seen('nickname')
})

test('everything up to a draw and its odds can be done with the keyboard alone', async () => {
  const context = await pages.open({ viewport: deskScreen, reducedMotion: 'reduce' })
  const page = await context.newPage()
  await page.goto(service.url)
  await page.getByLabel('手机号').waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.type(newPhone())
  await page.keyboard.press('Tab')
  await page.keyboard.type('123456')
  await page.keyboard.press('Enter')
  await page.locator('.line.live').waitFor()
  await page.locator('.draw-buttons button').first().waitFor()
  const reach = async (words: string) => {
    for (let step = 0; step < 30; step += 1) {
      await page.keyboard.press('Tab')
      if (((await page.locator(':focus').textContent()) ?? '').startsWith(words)) return
    }
    throw new Error(`${words} was not reached`)
  }
  await reach('抽一次')
  await page.keyboard.press('Enter')
  await page.locator('.outcome.landed').waitFor()
  await reach('中奖概率与保底')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(await page.locator(':focus').textContent()).toBe('中奖概率与保底')
})

test('nothing moves while the page comes to stand', async () => {
  const context = await pages.open()
  await context.addInitScript(
    `globalThis.shift = 0
     new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) shift += entry.value })
       .observe({ type: 'layout-shift', buffered: true })`,
  )
  const page = await enter(context, service, newPhone())
  await page.locator('.draw-buttons button').first().waitFor()
  await page.reload()
  await page.locator('.draw-buttons button').first().waitFor()
  await page.locator('.line.live').waitFor()
  expect(await page.evaluate('shift')).toBeLessThan(0.02)
})

test('markup in names is shown as the text that it is', async () => {
  const markup = '<img src=x onerror="document.title=1">'
  await newProduct(service, 3, { name: markup, description: markup, exchange_points: 100 })
  const phone = newPhone()
  const { token } = await signIn(service, phone)
  expect((await service.client.put('/api/user/info', { token, body: { nickname: markup } })).code).toBe(0)
  await service.database.query('UPDATE lottery_prizes SET prize_name = ?', [markup])
  service.services.caches.wheel.invalidate()
  const page = await enter(await pages.open({ reducedMotion: 'reduce' }), service, phone)
  await page.getByRole('button', { name: /^3 次/ }).click()
  await page.getByRole('dialog').getByText(markup).first().waitFor()
  await page.keyboard.press('Escape')
  await tab(page, '兑换').click()
  await page.getByRole('heading', { name: markup }).waitFor()
  await page.getByRole('button', { name: `兑换 ${markup}` }).click()
  await page.getByRole('button', { name: '确认兑换' }).click()
  await page.getByText('兑换成功').waitFor()
  await tab(page, '背包').click()
  await page.locator('.ticket').getByText(markup).first().waitFor()
  await tab(page, '我的').click()
  await page.getByRole('heading', { name: markup }).waitFor()
  expect(await page.locator('img[src="x"]').count()).toBe(0)
  expect(await page.title()).toBe('积分乐园')
})
