import { expect, test } from 'bun:test'
import { seedProducts } from '../../../src/composition/seed.ts'
import { findings } from '../../support/axe.ts'
import { enterAs } from '../../support/console.ts'
import { screenSizes, shooterOf } from '../../support/looks.ts'
import { usePages } from '../../support/pages.ts'
import { newProduct } from '../../support/people.ts'
import { useService } from '../../support/service.ts'

const service = useService()
const pages = usePages()

test.each(screenSizes)('the goods’ screen can be seen at %s, and axe finds nothing on it', async (name, options) => {
  await seedProducts(service.services)
  await newProduct(service, 0, { name: '已售罄的桂花糕', category: '甜品', sort_order: -1 })
  await newProduct(service, 3, { name: '下架的豆花', category: '甜品', sort_order: -1, status: 'inactive' })
  const context = await pages.open({ ...options, reducedMotion: 'reduce' })
  const { page } = await enterAs(context, service, 'manager', 'goods')
  const shoot = shooterOf(name)
  const seen = async (what: string) => {
    await page.waitForTimeout(300)
    await shoot(page, `console-goods-${what}`)
    expect([what, await findings(page)]).toEqual([what, []])
  }
  await page.locator('.rows > li').first().waitFor()
  await seen('list')
  await page.getByLabel('选择 招牌红烧肉').check()
  await page.getByLabel('选择 清蒸鲈鱼').check()
  await page.getByRole('button', { name: '批量修改' }).click()
  await page.getByRole('dialog').waitFor()
  await seen('bulk')
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: /招牌红烧肉/ }).click()
  await page.getByText('还没有人工调整').waitFor()
  await seen('product')
  await page.getByRole('dialog').locator('.stock-form').scrollIntoViewIfNeeded()
  await seen('stock')
})
