import { afterAll, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { enterAs } from '../../support/console.ts'
import { fakeCamera } from '../../support/fake-camera.ts'
import { deskScreen, type Page, phoneScreen, usePages } from '../../support/pages.ts'
import { paperReceipt } from '../../support/paper-receipt.ts'
import { newProduct, type Person, signIn } from '../../support/people.ts'
import { receiptToReview } from '../../support/receipts-to-review.ts'
import { useService } from '../../support/service.ts'

const service = useService({ DAILY_UPLOAD_LIMIT: '100', MERCHANT_NAMES: '桂香小馆' })
const camera = fakeCamera()
const pages = usePages(camera.flags)
afterAll(camera.remove)
const folder = join(import.meta.dir, '../../../.data/test/pages/console')
mkdirSync(folder, { recursive: true })

const screens = [
  ['360-light', { viewport: phoneScreen, colorScheme: 'light', deviceScaleFactor: 2, isMobile: true, hasTouch: true }],
  ['360-dark', { viewport: phoneScreen, colorScheme: 'dark', deviceScaleFactor: 2, isMobile: true, hasTouch: true }],
  ['1280-light', { viewport: deskScreen, colorScheme: 'light' }],
  ['1280-dark', { viewport: deskScreen, colorScheme: 'dark' }],
] as const

const yuan = (fen: number) => (fen / 100).toFixed(2)

async function nicknamed(nickname: string): Promise<Person> {
  const person = await signIn(service)
  await service.client.put('/api/user/info', { token: person.token, body: { nickname } })
  return person
}

/** A clear receipt, one that looks like it, one that nobody could read, and more. */
async function fillQueue(): Promise<{ clear: string; copy: string; unread: string }> {
  const [ming, hong] = [await nicknamed('爱吃辣的小明'), await nicknamed('小红')]
  const send = async (by: Person, seed: number, more: Parameters<typeof receiptToReview>[2] = {}) => {
    const { image, paid_fen, boxes } = await paperReceipt(pages, seed)
    const read = { image, boxes, read_fen: paid_fen, amount: yuan(paid_fen), merchantName: '桂香小馆' }
    return receiptToReview(service, by, { ...read, ...more })
  }
  const clear = await send(ming, 11)
  const copy = await send(hong, 12, {
    flags: [
      { flag: 'similar_photo', upload_id: clear },
      { flag: 'amount_differs', upload_id: null },
    ],
    amount: '188.00',
  })
  const unread = await send(ming, 13, { read_fen: null, boxes: [], flags: [{ flag: 'unread', upload_id: null }] })
  for (let seed = 14; seed < 18; seed += 1) await send(seed % 2 ? ming : hong, seed)
  return { clear, copy, unread }
}

test.each(screens)('every view of the reviews can be seen at %s', async (name, options) => {
  const context = await pages.open({ ...options, reducedMotion: 'reduce' })
  const shoot = async (page: Page, what: string) => {
    await page.waitForTimeout(400)
    await page.screenshot({ path: join(folder, `${what}-${name}.png`) })
  }
  const { clear, copy, unread } = await fillQueue()
  const stranger = await context.newPage()
  await stranger.goto(`${service.url}/console`)
  await stranger.getByLabel('手机号').waitFor()
  await shoot(stranger, 'sign-in')
  await stranger.close()
  const { page } = await enterAs(context, service, 'owner', `reviews/${clear}`)
  await page.locator('.mark').waitFor()
  await shoot(page, 'review')
  for (const [what, id] of [
    ['review-flags', copy],
    ['review-unread', unread],
  ] as const) {
    await page.goto(`${service.url}/console#reviews/${id}`)
    await shoot(page, what)
  }
  await page.getByRole('button', { name: '拒绝', exact: true }).click()
  await shoot(page, 'review-reject')
  await page.keyboard.press('Escape')
  await page.goto(`${service.url}/console#reviews?view=batch`)
  await page.getByRole('button', { name: '选中没有疑点的' }).click()
  await shoot(page, 'batch')
  await page.getByRole('button', { name: /^通过 \d/ }).click()
  await page.getByText('张已处理').waitFor()
  await page.goto(`${service.url}/console#reviews?view=history`)
  await page.locator('.rows .gain').first().waitFor()
  await shoot(page, 'history')
})

test.each(screens)('the counter and the people can be seen at %s', async (name, options) => {
  const diner = await nicknamed('爱吃辣的小明')
  const codes: string[] = []
  for (const dish of ['桂花糕', '冰豆花', '现磨咖啡']) {
    const product_id = await newProduct(service, 9, { name: dish, exchange_points: 100 })
    const { data } = await service.client.post('/api/exchange/submit', { token: diner.token, body: { product_id } })
    codes.push(data.exchange_code)
  }
  const context = await pages.open({ ...options, reducedMotion: 'reduce', permissions: ['camera'] })
  const shoot = async (page: Page, what: string) => {
    await page.waitForTimeout(400)
    await page.screenshot({ path: join(folder, `${what}-${name}.png`) })
  }
  const { page } = await enterAs(context, service, 'manager', 'counter')
  await page.getByLabel('核销码或会员码').waitFor()
  await shoot(page, 'counter')
  await page.getByRole('button', { name: '打开摄像头' }).click()
  await page.waitForTimeout(800)
  await shoot(page, 'counter-camera')
  await page.getByRole('button', { name: '关闭摄像头' }).click()
  await page.getByLabel('核销码或会员码').fill(codes[0] ?? '')
  await page.getByRole('button', { name: '查询' }).click()
  await page.getByRole('button', { name: '核销', exact: true }).click()
  await shoot(page, 'voucher')
  await page.getByRole('button', { name: '确认核销' }).click()
  await page.getByText('已核销').waitFor()
  await shoot(page, 'voucher-done')
  await page.getByRole('button', { name: '继续扫码' }).click()
  const { data } = await service.client.get('/api/user/member-code', { token: diner.token })
  await page.getByLabel('核销码或会员码').fill(data.code)
  await page.getByRole('button', { name: '查询' }).click()
  await page.getByText('2 张可以使用的券').waitFor()
  await shoot(page, 'member')
  await page.getByRole('link', { name: '积分明细与更正' }).click()
  await page.locator('.ledger li').first().waitFor()
  await shoot(page, 'people')
  if (!('isMobile' in options)) return
  await page.getByRole('button', { name: '更多' }).click()
  await shoot(page, 'more')
})
