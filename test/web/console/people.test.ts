import { expect, test } from 'bun:test'
import { enterAs } from '../../support/console.ts'
import { atAddress, type Page, usePages } from '../../support/pages.ts'
import { balanceOf, newProduct, type Person, signIn, signInStaff } from '../../support/people.ts'
import { receiptToReview } from '../../support/receipts-to-review.ts'
import { useService } from '../../support/service.ts'

const service = useService()
const pages = usePages()
const calm = { reducedMotion: 'reduce' } as const

async function lookUp(page: Page, { phone }: Person) {
  await page.getByLabel('手机号或会员码').fill(phone)
  await page.getByRole('button', { name: '查询' }).click()
  await page.locator('.member').waitFor()
}

async function fillCorrection(page: Page, amount: string, reason: string) {
  await page.getByLabel('积分', { exact: true }).fill(amount)
  await page.getByLabel('原因').fill(reason)
}

async function correct(page: Page, amount: string, reason: string) {
  await fillCorrection(page, amount, reason)
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByRole('button', { name: '确认更正' }).click()
}

test('somebody is found by phone, corrected after one confirmation, and their ledger says why', async () => {
  const diner = await signIn(service)
  const { page } = await enterAs(await pages.open(calm), service, 'manager', 'people')
  await lookUp(page, diner)
  await page.getByText('你今天还能自主发放 5,000 积分').waitFor()
  await fillCorrection(page, '300', '上菜太慢，补偿')
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByText('+300 积分，余额 1,000 → 1,300').waitFor()
  await page.getByRole('button', { name: '确认更正' }).click()
  await page.getByText('已更正，余额 1,300 积分').waitFor()
  await page.locator('.ledger li', { hasText: '上菜太慢，补偿' }).getByText('+300').waitFor()
  await page.getByText('你今天还能自主发放 4,700 积分').waitFor()
  await page.getByRole('button', { name: '扣减' }).click()
  await correct(page, '50', '多给了')
  await page.locator('.ledger li', { hasText: '多给了' }).getByText('−50').waitFor()
  expect(await balanceOf(service, diner)).toBe(1_250)
})

test('a correction above the limit says that it waits for somebody else', async () => {
  const diner = await signIn(service)
  await signInStaff(service, 'owner')
  const { page } = await enterAs(await pages.open(calm), service, 'manager', 'people')
  await lookUp(page, diner)
  await correct(page, '3000', '周年礼')
  await page.getByText('已提交，等另一位负责人同意后到账').waitFor()
  expect(await balanceOf(service, diner)).toBe(1_000)
})

test('a member code opens the same person, and the counter leads to them', async () => {
  const diner = await signIn(service)
  const { data } = await service.client.get('/api/user/member-code', { token: diner.token })
  const { page } = await enterAs(await pages.open(calm), service, 'manager', 'counter')
  await page.getByLabel('核销码或会员码').fill(data.code)
  await page.getByRole('button', { name: '查询' }).click()
  await page.getByRole('link', { name: '积分明细与更正' }).click()
  await page.locator('.ledger li', { hasText: '+1,000' }).waitFor()
  await atAddress(page, `#people/${diner.userId}`)
})

test('what was typed and who was looked up outlive a reload, and so does the ledger’s filter', async () => {
  const diner = await signIn(service)
  const { page } = await enterAs(await pages.open(calm), service, 'manager', 'people')
  await lookUp(page, diner)
  await page.getByRole('button', { name: '抽奖' }).click()
  await page.getByText('没有这样的积分变动').waitFor()
  await fillCorrection(page, '120', '生日')
  await page.reload()
  await page.locator('.member').waitFor()
  await page.getByText('没有这样的积分变动').waitFor()
  expect(await page.getByLabel('积分', { exact: true }).inputValue()).toBe('120')
  expect(await page.getByLabel('原因').inputValue()).toBe('生日')
})

test('a correction whose answer was lost is asked for again, and is made once', async () => {
  const diner = await signIn(service)
  pages.expectComplaint('net::ERR_')
  const { page } = await enterAs(await pages.open(calm), service, 'manager', 'people')
  await lookUp(page, diner)
  const path = '**/api/merchant/users/*/points'
  await page.route(path, async (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    await route.fetch()
    await route.abort()
  })
  await correct(page, '200', '补录')
  await page.getByText('上次更正（+200，补录）没有收到回应').waitFor()
  await page.unroute(path)
  await page.reload()
  await page.getByRole('button', { name: '查看结果' }).click()
  await page.getByText('已更正，余额 1,200 积分').waitFor()
  expect(await balanceOf(service, diner)).toBe(1_200)
})

test('markup in names and reasons is shown as the text that it is, on every screen', async () => {
  const markup = '<img src=x onerror="document.title=1">'
  const diner = await signIn(service)
  expect((await service.client.put('/api/user/info', { token: diner.token, body: { nickname: markup } })).code).toBe(0)
  const product_id = await newProduct(service, 5, { name: markup, exchange_points: 10 })
  const order = await service.client.post('/api/exchange/submit', { token: diner.token, body: { product_id } })
  await receiptToReview(service, diner, { merchantName: markup })
  const { page } = await enterAs(await pages.open(calm), service, 'manager', 'people')
  await lookUp(page, diner)
  await page.getByRole('heading', { name: markup }).waitFor()
  await correct(page, '10', markup)
  await page.locator('.ledger li', { hasText: markup }).first().waitFor()
  await page.goto(`${service.url}/console#reviews`)
  await page.locator('.sender', { hasText: markup }).waitFor()
  await page.getByRole('button', { name: '小票信息' }).click()
  await page.locator('.facts', { hasText: markup }).waitFor()
  await page.goto(`${service.url}/console#counter/${order.data.exchange_code}`)
  await page.getByRole('heading', { name: markup }).waitFor()
  expect(await page.locator('img[src="x"]').count()).toBe(0)
  expect(await page.title()).toContain('工作台')
})
