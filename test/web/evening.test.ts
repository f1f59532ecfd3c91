import { afterAll, expect, test } from 'bun:test'
import { enterAs } from '../support/console.ts'
import { fakeCamera } from '../support/fake-camera.ts'
import { enter, type Page, tab, usePages } from '../support/pages.ts'
import { givePoints, newProduct, signIn } from '../support/people.ts'
import { receiptToReview } from '../support/receipts-to-review.ts'
import { useService } from '../support/service.ts'

const service = useService({ DAILY_UPLOAD_LIMIT: '100' })
const camera = fakeCamera()
const pages = usePages(camera.flags)
afterAll(camera.remove)

const receipts = 20
const vouchers = 5
/** As long as somebody looks at a receipt before the page takes a verdict. */
const looked_ms = 400

const screen = (page: Page, name: string) =>
  page.getByRole('navigation', { name: '主菜单' }).getByRole('link', { name, exact: true })
const balanceOf = (page: Page) => page.locator('.figure').first().getAttribute('data-value')

test('a whole evening: receipts reviewed, vouchers scanned from another screen, a wheel changed for tomorrow', async () => {
  const calm = { reducedMotion: 'reduce' as const, permissions: ['camera'] }
  const diner = await signIn(service)
  await givePoints(service, diner, 1_000)
  for (let index = 0; index < vouchers; index += 1)
    await newProduct(service, 10, { name: `点心${index}`, exchange_points: 100 })
  for (let index = 0; index < receipts; index += 1) await receiptToReview(service, diner)
  const guest = await enter(await pages.open(calm), service, diner.phone)
  const { page: staff } = await enterAs(await pages.open(calm), service, 'manager', 'reviews')

  const before = Number(await balanceOf(guest))
  for (let index = 0; index < receipts; index += 1) {
    await staff.locator('.bars .left', { hasText: `还有 ${receipts - index} 张` }).waitFor()
    await staff.waitForTimeout(looked_ms)
    await staff.keyboard.press('ArrowRight')
  }
  await staff.locator('.bars .left', { hasText: '都审完了' }).waitFor()
  await guest
    .locator(`.figure[data-value="${before + receipts * 885}"]`)
    .first()
    .waitFor()

  await tab(guest, '兑换').click()
  for (let index = 0; index < vouchers; index += 1) {
    await guest.getByRole('button', { name: `兑换 点心${index}` }).click()
    await guest.getByRole('button', { name: '确认兑换' }).click()
    await guest.getByRole('dialog').waitFor({ state: 'detached' })
  }
  await tab(guest, '背包').click()
  await screen(staff, '柜台').click()
  for (let index = 0; index < vouchers; index += 1) {
    await guest.getByRole('button', { name: new RegExp(`^出示 点心${index}`) }).click()
    camera.show((await guest.locator('.qr svg').getAttribute('data-text')) ?? '')
    await guest.keyboard.press('Escape')
    await staff.getByRole('button', { name: index === 0 ? '打开摄像头' : '继续扫码' }).click()
    await staff.getByRole('heading', { name: `点心${index}` }).waitFor()
    await staff.getByRole('button', { name: '核销', exact: true }).click()
    await staff.getByRole('button', { name: '确认核销' }).click()
    await staff.getByText(`已核销：点心${index}`).waitFor()
  }

  await tab(guest, '抽奖').click()
  await guest.getByRole('button', { name: /^抽一次/ }).click()
  await guest.locator('.outcome.landed').waitFor()
  await screen(staff, '转盘').click()
  await staff.getByLabel('神秘大奖 的概率，百分数').fill('3')
  await staff.getByLabel('神秘大奖 的概率，百分数').press('Enter')
  await staff.getByRole('button', { name: '保存改动' }).click()
  await staff.getByText(/^已保存，.+起生效$/).waitFor()
  await guest.reload()
  await guest.getByRole('button', { name: '中奖概率与保底' }).click()
  await guest
    .getByRole('dialog')
    .getByRole('row', { name: /神秘大奖.* 2%/ })
    .waitFor()
  await guest
    .getByRole('dialog')
    .getByRole('row', { name: /神秘大奖.* 3%/ })
    .waitFor()

  const counted = (sql: string) => service.database.query<{ n: number }>(sql)
  expect([
    await counted("SELECT COUNT(*) AS n FROM upload_reviews WHERE review_status = 'approved'"),
    await counted("SELECT COUNT(*) AS n FROM vouchers WHERE status = 'redeemed'"),
  ]).toEqual([[{ n: receipts }], [{ n: vouchers }]])
}, 300_000)
