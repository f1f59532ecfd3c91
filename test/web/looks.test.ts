import { test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { seedProducts } from '../../src/composition/seed.ts'
import { deskScreen, enter, type Page, phoneScreen, tab, usePages } from '../support/pages.ts'
import { givePoints, newPhone, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'

const service = useService({ DAILY_LOTTERY_LIMIT: '10' })
const pages = usePages()
const folder = join(import.meta.dir, '../../.data/test/pages')
mkdirSync(folder, { recursive: true })

const screens = [
  ['360-light', { viewport: phoneScreen, colorScheme: 'light', deviceScaleFactor: 2, isMobile: true, hasTouch: true }],
  ['360-dark', { viewport: phoneScreen, colorScheme: 'dark', deviceScaleFactor: 2, isMobile: true, hasTouch: true }],
  ['1280-light', { viewport: deskScreen, colorScheme: 'light' }],
  ['1280-dark', { viewport: deskScreen, colorScheme: 'dark' }],
] as const

test.each(screens)('every tab of the diners’ page can be seen at %s', async (name, options) => {
  await seedProducts(service.services)
  const phone = newPhone()
  await givePoints(service, await signIn(service, phone), 2_000)
  const context = await pages.open({ ...options, reducedMotion: 'reduce' })
  const shoot = (page: Page, what: string) => page.screenshot({ path: join(folder, `${what}-${name}.png`) })
  const page = await context.newPage()
  await page.goto(service.url)
  await page.getByLabel('手机号').waitFor()
  await shoot(page, 'sign-in')
  await page.close()
  const diner = await enter(context, service, phone)
  await diner.locator('.draw-buttons button').first().waitFor()
  await diner.waitForTimeout(500)
  await shoot(diner, 'wheel')
  await diner.getByRole('button', { name: /^10 次/ }).click()
  await diner.getByRole('dialog').waitFor()
  await diner.waitForTimeout(300)
  await shoot(diner, 'results')
  await diner.getByRole('button', { name: '好的' }).click()
  await shoot(diner, 'landed')
  await diner.getByRole('button', { name: '中奖概率与保底' }).click()
  await shoot(diner, 'odds')
  await diner.keyboard.press('Escape')
  await tab(diner, '兑换').click()
  await diner.locator('.card').first().waitFor()
  await shoot(diner, 'goods')
  await diner.getByRole('button', { name: /^兑换 桂花酸梅汤/ }).click()
  await diner.waitForTimeout(300)
  await shoot(diner, 'exchange')
  await diner.getByRole('button', { name: '确认兑换' }).click()
  await tab(diner, '背包').click()
  await diner.locator('.ticket').first().waitFor()
  await shoot(diner, 'wallet')
  await diner.getByRole('button', { name: /^出示/ }).first().click()
  await diner.locator('.qr svg').waitFor()
  await shoot(diner, 'voucher')
  await diner.keyboard.press('Escape')
  await tab(diner, '小票').click()
  await diner.waitForTimeout(300)
  await shoot(diner, 'receipts')
  await tab(diner, '我的').click()
  await diner.locator('.figures').waitFor()
  await shoot(diner, 'me')
  await diner.getByRole('button', { name: '积分明细' }).click()
  await diner.locator('.rows .gain').first().waitFor()
  await shoot(diner, 'records')
})
