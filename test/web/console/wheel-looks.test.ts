import { expect, test } from 'bun:test'
import { findings } from '../../support/axe.ts'
import { enterAs } from '../../support/console.ts'
import { screenSizes, shooterOf } from '../../support/looks.ts'
import { type Page, usePages } from '../../support/pages.ts'
import { signIn } from '../../support/people.ts'
import { useService } from '../../support/service.ts'

const service = useService()
const pages = usePages()

const view = (page: Page, name: string) =>
  page.getByRole('navigation', { name: '转盘的各个部分' }).getByRole('link', { name })

test.each(screenSizes)('the wheel’s screen can be seen at %s, and axe finds nothing on it', async (name, options) => {
  const { token } = await signIn(service)
  await service.client.post('/api/lottery/draw', { token, body: { draw_type: 'single' } })
  const shoot = shooterOf(name)
  const { page } = await enterAs(await pages.open({ ...options, reducedMotion: 'reduce' }), service, 'manager', 'wheel')
  const seen = async (what: string) => {
    await page.waitForTimeout(300)
    await shoot(page, `console-wheel-${what}`, !what.includes('sheet'))
    expect([what, await findings(page)]).toEqual([what, []])
  }
  await page.locator('.odds-list').waitFor()
  await page.getByLabel('神秘大奖 的概率，百分数').fill('3')
  await page.getByLabel('神秘大奖 的概率，百分数').press('Enter')
  await page.getByLabel('免费咖啡 每张成本（元）').fill('6.5')
  await page.getByRole('button', { name: '锁定 谢谢参与 的概率' }).click()
  await seen('edit')
  await page.getByRole('link', { name: /^免费咖啡/ }).click()
  await page.getByRole('dialog').waitFor()
  await seen('sheet')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: '保存改动' }).click()
  await page.getByText(/^已保存/).waitFor()
  await view(page, '模拟').click()
  await page.getByRole('button', { name: '开始模拟' }).click()
  await page.getByText('最长连续没中奖').waitFor()
  await seen('play')
  await view(page, '明天').click()
  await page.getByRole('button', { name: '撤回这个改动' }).waitFor()
  await seen('tomorrow')
  await view(page, '库存开关').click()
  await page.getByRole('button', { name: '调整 免费咖啡 的库存' }).waitFor()
  await seen('today')
  await page.getByRole('button', { name: '调整 免费咖啡 的库存' }).click()
  await page.getByText('还没有人工调整').waitFor()
  await seen('stock-sheet')
})
