import { test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { enterAs } from '../../support/console.ts'
import { deskScreen, type Page, phoneScreen, usePages } from '../../support/pages.ts'
import { paperReceipt } from '../../support/paper-receipt.ts'
import { type Person, signIn } from '../../support/people.ts'
import { receiptToReview } from '../../support/receipts-to-review.ts'
import { useService } from '../../support/service.ts'

const service = useService({ DAILY_UPLOAD_LIMIT: '100', MERCHANT_NAMES: '桂香小馆' })
const pages = usePages()
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
