import { expect, test } from 'bun:test'
import { findings } from '../../support/axe.ts'
import { enterAs } from '../../support/console.ts'
import { picture } from '../../support/looks.ts'
import { atAddress, usePages } from '../../support/pages.ts'
import { newProduct, signIn, signInStaff } from '../../support/people.ts'
import { useService } from '../../support/service.ts'

const service = useService()
const pages = usePages()
const calm = { reducedMotion: 'reduce' } as const

/** A manager who corrected a balance twice and changed a price. */
async function someDeeds() {
  const manager = await signInStaff(service, 'manager')
  await service.client.put('/api/user/info', { token: manager.token, body: { nickname: '王店长' } })
  const diner = await signIn(service)
  for (const points of [50, 70]) {
    const path = `/api/merchant/users/${diner.userId}/points`
    expect((await service.client.post(path, { token: manager.token, body: { points, reason: '补偿' } })).code).toBe(0)
  }
  const id = await newProduct(service, 3, { name: '桂花糕', exchange_points: 200 })
  const edit = { token: manager.token, body: { exchange_points: 180 } }
  expect((await service.client.put(`/api/merchant/products/${id}`, edit)).code).toBe(0)
  return { manager, diner }
}

test('each deed is told with who did it, what was before and what after', async () => {
  const { diner } = await someDeeds()
  const { page } = await enterAs(await pages.open(calm), service, 'auditor', 'audit')
  const row = page.locator('.rows li', { hasText: `调整积分 · 用户 ${diner.userId}` }).first()
  await row.locator('summary').click()
  await row.getByText('王店长 ·').waitFor()
  expect(await row.locator('.changes').first().textContent()).toContain('10501120')
  const edit = page.locator('.rows li', { hasText: '修改商品' })
  await edit.locator('summary').click()
  await edit.getByText('兑换所需积分').waitFor()
})

test('the filters stand in the address, outlive a reload, and can be set by what a row names', async () => {
  const { diner, manager } = await someDeeds()
  const { page } = await enterAs(await pages.open(calm), service, 'owner', 'audit')
  await page.getByLabel('做了什么').selectOption('points.adjust')
  await page.locator('.rows li').nth(1).waitFor()
  await atAddress(page, '#audit?action=points.adjust')
  await page.locator('.rows li').nth(2).waitFor({ state: 'detached' })
  await page.locator('.rows summary').first().click()
  await page.getByRole('link', { name: '只看 王店长 做的' }).click()
  await atAddress(page, `#audit?action=points.adjust&actor_id=${manager.userId}`)
  await page.reload()
  expect(await page.getByLabel('操作人编号').inputValue()).toBe(`${manager.userId}`)
  await page.getByLabel('对象').fill(`user:${diner.userId}0`)
  await page.getByLabel('对象').press('Enter')
  await page.getByText('没有符合条件的记录').waitFor()
  await page.getByRole('link', { name: '清除筛选' }).click()
  await page.locator('.rows li', { hasText: '修改商品' }).waitFor()
})

test('a filter that is set while the list is on its way holds, whichever answer comes last', async () => {
  await someDeeds()
  const context = await pages.open(calm)
  const answer = Promise.withResolvers<void>()
  const everything = /merchant\/audit\?page=1$/
  await context.route(everything, async (route) => {
    await answer.promise
    await route.continue()
  })
  const { page } = await enterAs(context, service, 'owner', 'audit')
  await page.getByLabel('做了什么').selectOption('points.adjust')
  await page.locator('.rows li').nth(1).waitFor()
  const [late] = await Promise.all([page.waitForResponse(everything), answer.resolve()])
  await late.finished()
  expect(await page.locator('.rows li').count()).toBe(2)
})

test('a list that can’t be loaded anew says so, and is asked for again', async () => {
  await someDeeds()
  const { page } = await enterAs(await pages.open(calm), service, 'owner', 'audit')
  await page.locator('.rows li').nth(2).waitFor()
  const filtered = /merchant\/audit\?.*action=points/
  await page.route(filtered, (route) => route.abort())
  pages.expectComplaint('net::ERR_FAILED')
  await page.getByLabel('做了什么').selectOption('points.adjust')
  await page.getByRole('alert').getByText('网络不太好').waitFor()
  await page.unroute(filtered)
  await page.getByRole('button', { name: '再试一次' }).click()
  await page.locator('.rows li').nth(2).waitFor({ state: 'detached' })
  expect(await page.getByRole('alert').allTextContents()).toEqual([])
})

test('a filter in the address that the service would refuse is left out', async () => {
  await someDeeds()
  const { page } = await enterAs(await pages.open(calm), service, 'owner', 'audit?actor_id=x%27&from=yesterday')
  await page.locator('.rows li').first().waitFor()
})

test('axe finds nothing in either theme, and the screen can be seen', async () => {
  await someDeeds()
  const { page } = await enterAs(await pages.open(calm), service, 'owner', 'audit')
  await page.locator('.rows summary').first().click()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await findings(page)).toEqual([])
  }
  await picture(page, 'audit')
})
