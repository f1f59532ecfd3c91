import { expect, test } from 'bun:test'
import { findings } from '../../support/axe.ts'
import { enterAs } from '../../support/console.ts'
import { deskScreen, type Page, usePages } from '../../support/pages.ts'
import { newPhone, newProduct, signIn, signInStaff } from '../../support/people.ts'
import { receiptToReview } from '../../support/receipts-to-review.ts'
import { useService } from '../../support/service.ts'

const service = useService()
const pages = usePages()
const boxes = [{ x: 0.5, y: 0.75, width: 0.25, height: 0.05 }]

/** Somebody with a voucher, a clear receipt, a doubted one, and one that nobody could read. */
async function fill() {
  const diner = await signIn(service)
  const clear = await receiptToReview(service, diner, { boxes, merchantName: '桂香小馆' })
  const copy = await receiptToReview(service, diner, {
    ...{ boxes, flags: [{ flag: 'similar_photo', upload_id: clear }] },
  })
  const unread = await receiptToReview(service, diner, { read_fen: null })
  const product_id = await newProduct(service, 5, { name: '桂花糕', exchange_points: 10 })
  const { data } = await service.client.post('/api/exchange/submit', { token: diner.token, body: { product_id } })
  return { diner, clear, copy, unread, code: data.exchange_code as string }
}

test.each(['light', 'dark'] as const)(
  'axe finds nothing on any screen or dialog in the %s theme',
  async (colorScheme) => {
    const { diner, clear, copy, unread, code } = await fill()
    const context = await pages.open({ colorScheme, reducedMotion: 'reduce' })
    const { page } = await enterAs(context, service, 'manager', `reviews/${clear}`)
    const seen = async (what: string) => expect([what, await findings(page)]).toEqual([what, []])
    const go = async (place: string, shown: string) => {
      await page.goto(`${service.url}/console#${place}`)
      await page.locator(shown).first().waitFor()
    }
    await page.locator('.mark').waitFor()
    await seen('a receipt')
    await page.getByRole('button', { name: '小票信息' }).click()
    await page.getByRole('button', { name: '金额不对？' }).click()
    await page.getByRole('button', { name: '放大照片' }).click()
    await seen('everything about a receipt')
    await go(`reviews/${copy}`, '.other .photo')
    await seen('a doubted receipt')
    await go(`reviews/${unread}`, '.one input')
    await page.getByRole('button', { name: '拒绝' }).click()
    await page.getByRole('dialog').waitFor()
    await seen('reasons')
    await page.keyboard.press('1')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await go('reviews?view=batch', '.batch')
    await seen('batch')
    await go('reviews?view=history', '.rows .state')
    await seen('history')
    await go('reviews?show=waiting', '.empty')
    await seen('an empty queue')
    await go('counter', '.scanner')
    await seen('counter')
    await go(`counter/${code}`, '.voucher')
    await page.getByRole('button', { name: '核销', exact: true }).click()
    await seen('a question')
    await page.getByRole('button', { name: '确认核销' }).click()
    await page.getByText('已核销').waitFor()
    await seen('a voucher that was taken in')
    await go('people', '.find')
    await page.getByLabel('手机号或会员码').fill(diner.phone)
    await page.getByRole('button', { name: '查询' }).click()
    await page.locator('.ledger li').first().waitFor()
    await seen('a person')
    await page.getByLabel('积分', { exact: true }).fill('5')
    await page.getByLabel('原因').fill('补录')
    await page.getByRole('button', { name: '下一步' }).click()
    await seen('a correction')
    await page.getByRole('button', { name: '更多' }).click()
    await page.getByRole('dialog').waitFor()
    await seen('the menu')
  },
)

test.each(['light', 'dark'] as const)(
  'axe finds nothing where nobody is let in, in the %s theme',
  async (colorScheme) => {
    const context = await pages.open({ colorScheme, reducedMotion: 'reduce' })
    const { page } = await enterAs(context, service, 'cashier', 'reviews')
    await page.getByText('收银员没有这项权限').waitFor()
    expect(await findings(page)).toEqual([])
    await page.getByRole('button', { name: '更多' }).click()
    await page.getByRole('button', { name: '退出登录' }).click()
    await page.getByLabel('手机号').waitFor()
    expect(await findings(page)).toEqual([])
    await page.getByLabel('手机号').fill(newPhone())
    await page.getByLabel('短信验证码').fill('123456')
    await page.keyboard.press('Enter')
    await page.getByText('还没有店员岗位').waitFor()
    expect(await findings(page)).toEqual([])
  },
)

test('a receipt is rejected, a voucher taken in and a balance corrected with the keyboard alone', async () => {
  const { diner, code } = await fill()
  const person = await signInStaff(service, 'manager')
  const context = await pages.open({ viewport: deskScreen, reducedMotion: 'reduce' })
  const page = await context.newPage()
  await page.goto(`${service.url}/console`)
  await page.getByLabel('手机号').waitFor()
  for (const text of [person.phone, '123456']) {
    await page.keyboard.press('Tab')
    await page.keyboard.type(text)
  }
  await page.keyboard.press('Enter')
  await page.locator('.mark').waitFor()
  await reach(page, '拒绝')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await reach(page, '2不是本店小票')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await reach(page, '柜台')
  await page.keyboard.press('Enter')
  await page.locator('.scanner').waitFor()
  await reach(page, '核销码或会员码')
  await page.keyboard.type(code)
  await page.keyboard.press('Enter')
  await page.locator('.voucher').waitFor()
  await reach(page, '核销')
  await page.keyboard.press('Enter')
  await page.locator('.sure .main:enabled').waitFor()
  await reach(page, '确认核销')
  await page.keyboard.press('Enter')
  await page.getByText('已核销').waitFor()
  expect(await page.locator(':focus').textContent()).toBe('继续扫码')
  await reach(page, '顾客')
  await page.keyboard.press('Enter')
  await page.locator('.find').waitFor()
  await reach(page, '手机号或会员码')
  await page.keyboard.type(diner.phone)
  await page.keyboard.press('Enter')
  await page.locator('.ledger li').first().waitFor()
  await reach(page, '积分')
  await page.keyboard.type('15')
  await reach(page, '原因')
  await page.keyboard.type('补录')
  await page.keyboard.press('Enter')
  await page.locator('.somebody .main:enabled').waitFor()
  await reach(page, '确认更正')
  await page.keyboard.press('Enter')
  await page.getByText('已更正，余额 1,005 积分').waitFor()
})

test('nothing is wider than a phone', async () => {
  const { diner, clear, copy, code } = await fill()
  const phone = { isMobile: true, hasTouch: true, deviceScaleFactor: 2, reducedMotion: 'reduce' } as const
  const { page } = await enterAs(await pages.open(phone), service, 'manager', `reviews/${clear}`)
  for (const place of [`reviews/${copy}`, 'reviews?view=batch', 'reviews?view=history', `counter/${code}`, 'people']) {
    await page.goto(`${service.url}/console#${place}`)
    if (place === 'people') {
      await page.getByLabel('手机号或会员码').fill(diner.phone)
      await page.keyboard.press('Enter')
      await page.locator('.ledger li').first().waitFor()
    }
    await page.waitForTimeout(300)
    const width = await page.evaluate('document.documentElement.scrollWidth')
    expect([place, width]).toEqual([place, 360])
  }
})

/** Tabs on until something with this name has the focus: a button by its text, a field by its label. */
async function reach(page: Page, name: string) {
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press('Tab')
    const found = await page.evaluate(`(() => {
      const here = document.activeElement
      return here?.closest('label')?.textContent ?? here?.textContent ?? ''
    })()`)
    if (String(found).startsWith(name)) return
  }
  throw new Error(`${name} was not reached`)
}
