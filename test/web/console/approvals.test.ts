import { expect, test } from 'bun:test'
import { findings } from '../../support/axe.ts'
import { enterAs } from '../../support/console.ts'
import { picture } from '../../support/looks.ts'
import { atAddress, usePages } from '../../support/pages.ts'
import { balanceOf, type Person, signIn, signInStaff } from '../../support/people.ts'
import { receiptToReview } from '../../support/receipts-to-review.ts'
import { useService } from '../../support/service.ts'

const service = useService()
const pages = usePages()
const calm = { reducedMotion: 'reduce' } as const
const markup = '<img src=x onerror="document.title=1">'

/** A correction that waits for a second person. */
async function correctionOf(points: number, reason: string, to: Person, by?: Person): Promise<void> {
  const { token } = by ?? (await signInStaff(service, 'manager'))
  await signInStaff(service, 'owner')
  const body = { points, reason }
  const headers = { 'X-Approvals': '1' }
  const { data } = await service.client.post(`/api/merchant/users/${to.userId}/points`, { token, body, headers })
  expect(data.approval_status).toBe('pending')
}

test('what waits is shown with who asked and why, and a word of another person does it', async () => {
  const diner = await signIn(service)
  await correctionOf(3_000, '补记一桌宴席', diner)
  const { page } = await enterAs(await pages.open(calm), service, 'owner', 'approvals')
  const card = page.getByRole('article')
  await card.getByText('积分调整 · 发 3,000 积分').waitFor()
  await card.getByText('超过单次可自主发放的积分').waitFor()
  await card.getByText('理由：补记一桌宴席').waitFor()
  expect(await card.locator('.changes').textContent()).toBe('积分余额10004000')
  await card.getByRole('button', { name: '同意', exact: true }).click()
  await page.getByText('已同意，马上生效').waitFor()
  await page.getByText('没有等待审批的申请').waitFor()
  expect(await balanceOf(service, diner)).toBe(4_000)
})

test('the receipt that an award is for is one tap away', async () => {
  const diner = await signIn(service)
  const upload_id = await receiptToReview(service, diner, { amount: '2000.00', read_fen: null })
  const { page } = await enterAs(await pages.open(calm), service, 'owner', 'approvals')
  const { token } = await signInStaff(service, 'reviewer')
  const body = { upload_id, action: 'approve', amount: '2000.00' }
  const headers = { 'X-Approvals': '1' }
  expect((await service.client.post('/api/merchant/review', { token, body, headers })).data.approval_status).toBe(
    'pending',
  )
  await page.reload()
  await page.getByText('没有识别出金额的小票，积分较多').waitFor()
  await page.getByRole('link', { name: '看小票照片' }).click()
  await atAddress(page, `#reviews/${upload_id}?show=waiting`)
  await page.getByText('2000.00').first().waitFor()
})

test('a rejection changes nothing, says why, and is found under its status, which stands in the address', async () => {
  const diner = await signIn(service)
  await correctionOf(2_500, '补偿', diner)
  const { page } = await enterAs(await pages.open(calm), service, 'owner', 'approvals')
  await page.getByLabel('说明（可不填）').fill('没有凭据')
  await page.getByRole('button', { name: '拒绝', exact: true }).click()
  await page.getByText('已拒绝，什么都没有改变').waitFor()
  expect(await balanceOf(service, diner)).toBe(1_000)
  await page.getByRole('button', { name: '已拒绝' }).click()
  await page.getByText('说明：没有凭据').waitFor()
  await atAddress(page, '#approvals?status=rejected')
  await page.reload()
  await page.getByText('说明：没有凭据').waitFor()
})

test('who asked can’t decide, and is told who can', async () => {
  const diner = await signIn(service)
  const { page, person } = await enterAs(await pages.open(calm), service, 'owner', 'approvals')
  await correctionOf(2_500, '补偿', diner, person)
  await page.reload()
  await page.getByText('要由另一位负责人决定').waitFor()
  expect(await page.getByRole('button', { name: '同意', exact: true }).count()).toBe(0)
})

test('what another one decided meanwhile is told, and the list is right again', async () => {
  const diner = await signIn(service)
  await correctionOf(2_500, '补偿', diner)
  const { page, person } = await enterAs(await pages.open(calm), service, 'owner', 'approvals')
  await page.getByRole('button', { name: '同意', exact: true }).waitFor()
  const { approvals } = (await service.client.get('/api/merchant/approvals', { token: person.token })).data
  const other = await signInStaff(service, 'owner')
  const path = `/api/merchant/approvals/${approvals[0].approval_id}`
  await service.client.post(path, { token: other.token, body: { action: 'reject' } })
  await page.getByRole('button', { name: '同意', exact: true }).click()
  await page.getByText('该申请已处理或已过期').waitFor()
  await page.getByText('没有等待审批的申请').waitFor()
})

test('a typed word outlives a reload, and markup in it is shown as text', async () => {
  const diner = await signIn(service)
  await service.client.put('/api/user/info', { token: diner.token, body: { nickname: markup } })
  await correctionOf(2_500, markup, diner)
  const { page } = await enterAs(await pages.open(calm), service, 'owner', 'approvals')
  await page.getByLabel('说明（可不填）').fill('等一等')
  await page.reload()
  await page.getByText(`给 ${markup}`).waitFor()
  expect(await page.getByLabel('说明（可不填）').inputValue()).toBe('等一等')
  expect(await page.locator('img').count()).toBe(0)
})

test('axe finds nothing in either theme, and the screen can be seen', async () => {
  const diner = await signIn(service)
  await correctionOf(3_000, '补记一桌宴席', diner)
  await correctionOf(2_500, '上错菜，老顾客', await signIn(service))
  const { page } = await enterAs(await pages.open(calm), service, 'owner', 'approvals')
  await page.getByRole('article').first().waitFor()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await findings(page)).toEqual([])
  }
  await picture(page, 'approvals')
})
