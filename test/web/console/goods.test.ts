import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { enterAs } from '../../support/console.ts'
import { jpegOf, picture } from '../../support/images.ts'
import { atAddress, deskScreen, type Page, usePages } from '../../support/pages.ts'
import { newProduct, signInStaff } from '../../support/people.ts'
import { useService } from '../../support/service.ts'

const service = useService()
const pages = usePages()

async function openGoods(place = 'goods') {
  const context = await pages.open({ viewport: deskScreen, reducedMotion: 'reduce' })
  return enterAs(context, service, 'manager', place)
}

const productsOf = async (token: string) =>
  (await service.client.get('/api/merchant/products', { token })).data.products as Record<string, unknown>[]
const rowOf = (page: Page, name: string) => page.locator('.rows > li', { hasText: name })
const open = (page: Page, name: string) => page.getByRole('link', { name: new RegExp(name) }).click()

test('filters stand in the address, outlive a reload, and choose what is listed', async () => {
  await newProduct(service, 50, { name: '桂花糕', category: '甜品' })
  await newProduct(service, 2, { name: '豆花', category: '甜品' })
  await newProduct(service, 0, { name: '酸梅汤', category: '饮品' })
  const { page } = await openGoods()
  await rowOf(page, '桂花糕').waitFor()
  await page.getByPlaceholder('按名称查找').fill('花')
  await rowOf(page, '酸梅汤').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: '库存不多' }).click()
  await rowOf(page, '桂花糕').waitFor({ state: 'detached' })
  await atAddress(page, '#goods?q=花&show=low_stock')
  await page.reload()
  await rowOf(page, '豆花').waitFor()
  expect(await page.locator('.rows > li').count()).toBe(1)
})

test('a product is added with a photo, changed, and what was typed outlives a reload', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'restaurant-points-goods-'))
  const photo = join(folder, 'cake.jpg')
  await Bun.write(photo, await jpegOf(picture(77)))
  const { page, person } = await openGoods()
  await page.getByRole('link', { name: '新增商品' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('添加照片').setInputFiles(photo)
  await dialog.getByRole('img', { name: '商品照片' }).waitFor()
  await dialog.getByLabel('名称').fill('桂花糕')
  await dialog.getByLabel('分类').fill('甜品')
  await dialog.getByLabel('兑换积分').fill('200')
  await page.reload()
  expect(await dialog.getByLabel('名称').inputValue()).toBe('桂花糕')
  await dialog.getByLabel('初始库存').fill('12')
  await dialog.getByRole('button', { name: '保存' }).click()
  await page.getByText('桂花糕 已加入商品').waitFor()
  const [made] = await productsOf(person.token)
  expect(made).toMatchObject({ name: '桂花糕', category: '甜品', exchange_points: 200, stock: 12, status: 'active' })
  expect((await fetch(String(made?.image))).status).toBe(200)
  await open(page, '桂花糕')
  await dialog.getByLabel('兑换积分').fill('220')
  await dialog.getByLabel('标为热门').check()
  await dialog.getByRole('button', { name: '保存' }).click()
  await page.getByText('已保存').waitFor()
  expect((await productsOf(person.token))[0]).toMatchObject({ exchange_points: 220, is_hot: true, name: '桂花糕' })
  rmSync(folder, { recursive: true })
})

test('a price that is cut below half is told to wait for another person, and stays until then', async () => {
  await signInStaff(service, 'owner')
  await newProduct(service, 5, { name: '佛跳墙', exchange_points: 3_980 })
  const { page, person } = await openGoods()
  await open(page, '佛跳墙')
  await page.getByRole('dialog').getByLabel('兑换积分').fill('398')
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click()
  await page.getByText('已提交审批').waitFor()
  expect((await productsOf(person.token))[0]).toMatchObject({ exchange_points: 3_980 })
})

test('stock moves at once with its reason kept, and another’s change shows without a reload', async () => {
  const id = await newProduct(service, 5, { name: '豆花' })
  const { page, person } = await openGoods()
  await rowOf(page, '豆花').getByText('库存 5').waitFor()
  await service.client.post(`/api/merchant/products/${id}/stock`, {
    token: person.token,
    body: { change: 3, operation: 'restock' },
  })
  await rowOf(page, '豆花').getByText('库存 8').waitFor()
  await open(page, '豆花')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: '盘点调整' }).click()
  await dialog.getByLabel('增减数量').fill('-2')
  await dialog.getByLabel('说明').fill('打翻两份')
  await dialog.getByRole('button', { name: '更新库存' }).click()
  await dialog.getByText('8 → 6').waitFor()
  await dialog.getByText('打翻两份').waitFor()
  await dialog.getByLabel('增减数量').fill('-7')
  await dialog.getByRole('button', { name: '更新库存' }).click()
  await dialog.locator('.notice.bad').waitFor()
  expect((await productsOf(person.token))[0]).toMatchObject({ stock: 6 })
})

test('a stock change whose answer was lost is asked again with its key, and moves the stock once', async () => {
  await newProduct(service, 5, { name: '豆花' })
  const { page, person } = await openGoods()
  await open(page, '豆花')
  const dialog = page.getByRole('dialog')
  let asked = 0
  await page.route('**/stock', async (route) => {
    asked += 1
    if (asked > 1) return route.continue()
    await route.fetch()
    await route.abort()
  })
  pages.expectComplaint('net::ERR_FAILED')
  await dialog.getByLabel('增减数量').fill('10')
  await dialog.getByRole('button', { name: '更新库存' }).click()
  await dialog.getByText('没有收到回应').waitFor()
  await page.reload()
  expect(await dialog.getByLabel('增减数量').inputValue()).toBe('10')
  await dialog.getByRole('button', { name: '更新库存' }).click()
  await dialog.getByText('库存现在是 15 件').waitFor()
  expect([asked, (await productsOf(person.token))[0]?.stock]).toEqual([2, 15])
})

test('several products are changed at once by the keyboard alone, and removed at once', async () => {
  for (const name of ['甲', '乙', '丙']) await newProduct(service, 5, { name: `${name}菜`, exchange_points: 100 })
  const { page, person } = await openGoods()
  for (const name of ['甲', '丙']) await page.getByLabel(`选择 ${name}菜`).press('Space')
  await page.getByRole('button', { name: '批量修改' }).press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('状态').selectOption('inactive')
  await dialog.getByLabel('兑换积分').fill('120')
  await dialog.getByRole('button', { name: '修改这些商品' }).press('Enter')
  await page.getByText('2 件商品已修改').waitFor()
  const shown = (await productsOf(person.token)).map((one) => [one.name, one.status, one.exchange_points])
  expect(shown).toEqual([
    ['甲菜', 'inactive', 120],
    ['乙菜', 'active', 100],
    ['丙菜', 'inactive', 120],
  ])
  await page.getByLabel('选择 甲菜').press('Space')
  await page.getByRole('button', { name: '批量修改' }).press('Enter')
  await dialog.getByRole('button', { name: '删除这些商品' }).press('Enter')
  await dialog.getByRole('button', { name: '再点一次，删除 1 件商品' }).press('Enter')
  await page.getByText('1 件商品已删除').waitFor()
  expect((await productsOf(person.token)).map(({ name }) => name)).toEqual(['乙菜', '丙菜'])
})

test('who may not change the catalogue gets neither its screen nor its link', async () => {
  for (const role of ['cashier', 'reviewer', 'auditor'] as const) {
    const { page } = await enterAs(await pages.open(), service, role, 'goods')
    await page.getByText('没有这项权限').waitFor()
    expect(await page.getByRole('navigation').getByRole('link', { name: '商品' }).count()).toBe(0)
    await page.close()
  }
})

test('markup in a product’s fields is shown as the text that it is', async () => {
  const markup = '<img src=x onerror="document.title=1">'
  await newProduct(service, 3, { name: markup, description: markup, category: markup.slice(0, 50) })
  const { page } = await openGoods()
  await page.getByRole('link', { name: markup }).click()
  await page.getByRole('dialog', { name: `修改 ${markup}` }).waitFor()
  expect(await page.getByRole('dialog').getByLabel('介绍').inputValue()).toBe(markup)
  expect([await page.locator('img[src="x"]').count(), await page.title()]).toEqual([0, '积分乐园 · 工作台'])
})
