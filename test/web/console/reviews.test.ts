import { expect, test } from 'bun:test'
import { enterAs } from '../../support/console.ts'
import { jpegOf, picture } from '../../support/images.ts'
import { atAddress, type Page, usePages } from '../../support/pages.ts'
import { signIn, signInStaff } from '../../support/people.ts'
import { receiptToReview } from '../../support/receipts-to-review.ts'
import { useService } from '../../support/service.ts'

const service = useService({ DAILY_UPLOAD_LIMIT: '100' })
const pages = usePages()
const calm = { reducedMotion: 'reduce' } as const

interface Row {
  upload_id: string
  review_status: string
  points_awarded: number
  review_reason: string | null
}

const rows = () =>
  service.database.query<Row>(
    'SELECT upload_id, review_status, points_awarded, review_reason FROM upload_reviews ORDER BY created_at, upload_id',
  )
const statuses = async () => (await rows()).map(({ review_status }) => review_status)
const audited = (action: string) =>
  service.database.query<{ n: number }>('SELECT COUNT(*) AS n FROM audit_log WHERE action = ?', [action])

async function swipe(page: Page, by: number) {
  const box = await page.locator('.one .photo figure').first().boundingBox()
  if (!box) throw new Error('no photo')
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x + by / 2, y, { steps: 3 })
  await page.mouse.move(x + by, y, { steps: 3 })
  await page.mouse.up()
}

/** As long as somebody looks at a receipt before the page takes a verdict. */
const looked_ms = 400

async function approve(page: Page) {
  await approveButton(page).waitFor()
  await page.waitForTimeout(looked_ms)
  await approveButton(page).click()
}

const approveButton = (page: Page) => page.getByRole('button', { name: /^通过/ })

const left = (page: Page, count: number) =>
  page.locator('.bars .left', { hasText: count === 0 ? '都审完了' : `还有 ${count} 张` }).waitFor()

test('twenty receipts are reviewed one after the other, by keys, swipes and taps', async () => {
  const diner = await signIn(service)
  for (let index = 0; index < 20; index += 1) await receiptToReview(service, diner, { boxes: [] })
  const { page } = await enterAs(await pages.open(calm), service, 'reviewer')
  for (let index = 0; index < 20; index += 1) {
    await left(page, 20 - index)
    await page.waitForTimeout(looked_ms)
    if (index % 4 === 0) await page.keyboard.press('ArrowRight')
    if (index % 4 === 1) await swipe(page, 160)
    if (index % 4 === 2) await approve(page)
    if (index % 4 === 3) {
      await (index % 8 === 3 ? page.keyboard.press('ArrowLeft') : swipe(page, -160))
      await page.getByRole('dialog').waitFor()
      await page.keyboard.press('1')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
  }
  await left(page, 0)
  const expected = Array.from({ length: 20 }, (_, index) => (index % 4 === 3 ? 'rejected' : 'approved'))
  expect(await statuses()).toEqual(expected)
  expect((await rows()).filter(({ review_reason }) => review_reason === '照片看不清')).toHaveLength(5)
})

test('the read amount is marked on the photo, at its place', async () => {
  await receiptToReview(service, await signIn(service), { boxes: [{ x: 0.5, y: 0.75, width: 0.25, height: 0.05 }] })
  const { page } = await enterAs(await pages.open(calm), service, 'reviewer')
  const image = await page.locator('.photo img').boundingBox()
  const mark = await page.locator('.photo .mark').boundingBox()
  if (!image || !mark) throw new Error('nothing is marked')
  expect((mark.x - image.x) / image.width).toBeCloseTo(0.5, 1)
  expect((mark.y - image.y) / image.height).toBeCloseTo(0.75, 1)
  expect(mark.width / image.width).toBeCloseTo(0.25, 1)
})

test('a flag is told in words, with the other photo beside it', async () => {
  const [first, second] = [await signIn(service), await signIn(service)]
  const image = await jpegOf(picture(7))
  const upload_id = await receiptToReview(service, first, { image })
  const flags = [{ flag: 'similar_photo' as const, upload_id }]
  const doubted = await receiptToReview(service, second, { flags })
  const { page } = await enterAs(await pages.open(calm), service, 'reviewer', `reviews/${doubted}`)
  await page.getByText('和另一张照片很像').waitFor()
  await page.getByRole('img', { name: '另一张小票照片' }).waitFor()
  await atAddress(page, doubted)
})

test('the next photo is loaded before it is needed', async () => {
  const diner = await signIn(service)
  for (let index = 0; index < 2; index += 1) await receiptToReview(service, diner)
  const context = await pages.open(calm)
  const asked: string[] = []
  context.on('request', (request) => void asked.push(request.url()))
  const { page } = await enterAs(context, service, 'reviewer')
  await page.locator('.photo img').waitFor()
  const { data } = await service.client.get('/api/merchant/pending-reviews', {
    token: (await signInStaff(service, 'reviewer')).token,
  })
  const names = data.reviews.map(({ image_url }: { image_url: string }) => new URL(image_url).pathname)
  await expectSoon(() => names.every((name: string) => asked.some((url) => url.includes(name))))
  await approve(page)
  await left(page, 1)
  await atAddress(page, data.reviews[1].upload_id)
  expect(asked.filter((url) => url.includes(names[1]))).toHaveLength(1)
})

test('a receipt that nobody could read takes the amount that the reviewer typed, which a reload does not lose', async () => {
  await receiptToReview(service, await signIn(service), { amount: '60', read_fen: null })
  const { page } = await enterAs(await pages.open(calm), service, 'reviewer')
  await approve(page)
  await page.getByText('请先对照照片填写金额').waitFor()
  await page.getByLabel('你看到的金额').fill('58.5')
  await page.reload()
  expect(await page.getByLabel('你看到的金额').inputValue()).toBe('58.5')
  await page.getByRole('button', { name: '通过 +585' }).click()
  await page.getByText('已通过，+585 积分').waitFor()
  expect(await rows()).toMatchObject([{ review_status: 'approved', points_awarded: 585 }])
})

test('what needs a second person says so in words, and waits apart', async () => {
  await signInStaff(service, 'owner')
  await receiptToReview(service, await signIn(service), { amount: '2000', read_fen: null })
  const { page } = await enterAs(await pages.open(calm), service, 'reviewer')
  await page.getByLabel('你看到的金额').fill('2000')
  await page.keyboard.press('Enter')
  await page.getByText('已提交，等另一位负责人同意后到账').waitFor()
  await left(page, 0)
  await page.getByLabel('只看').selectOption({ label: '等第二人 1' })
  await page.getByText('这张小票已提交审批').waitFor()
  expect(await statuses()).toEqual(['pending'])
})

test('an answer that was lost is asked for again with the same key, and the receipt is paid once', async () => {
  await receiptToReview(service, await signIn(service))
  pages.expectComplaint('net::ERR_')
  const { page } = await enterAs(await pages.open(calm), service, 'reviewer')
  await page.route('**/api/merchant/review', async (route) => {
    await route.fetch()
    await route.abort()
  })
  await approve(page)
  await page.getByText('网络不太好').waitFor()
  await page.getByText('上次提交没有收到回应').waitFor()
  await page.unroute('**/api/merchant/review')
  await page.keyboard.press('ArrowRight')
  await page.getByText('已通过，+885 积分').waitFor()
  expect(await audited('review.approve')).toMatchObject([{ n: 1 }])
})

test('a tap that comes twice decides one receipt, not the next one', async () => {
  const diner = await signIn(service)
  for (let index = 0; index < 2; index += 1) await receiptToReview(service, diner)
  const { page } = await enterAs(await pages.open(calm), service, 'reviewer')
  await approve(page)
  await left(page, 1)
  await approveButton(page).click()
  await page.waitForTimeout(looked_ms)
  expect(await statuses()).toEqual(['approved', 'pending'])
})

test('a receipt that was decided stays away, although an older answer comes after the decision', async () => {
  const diner = await signIn(service)
  for (let index = 0; index < 2; index += 1) await receiptToReview(service, diner)
  const { page } = await enterAs(await pages.open(calm), service, 'reviewer')
  await left(page, 2)
  const [answered, decision] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const path = /merchant\/pending-reviews/
  await page.route(path, async (route) => {
    const response = await route.fetch()
    answered.resolve()
    await decision.promise
    await route.fulfill({ response })
  })
  await receiptToReview(service, diner)
  await answered.promise
  await approve(page)
  await left(page, 1)
  const [late] = await Promise.all([page.waitForResponse(path), decision.resolve()])
  await late.finished()
  await left(page, 2)
})

test('a receipt may be rejected as soon as it is seen', async () => {
  const diner = await signIn(service)
  for (let index = 0; index < 2; index += 1) await receiptToReview(service, diner)
  const { page } = await enterAs(await pages.open(calm), service, 'reviewer')
  await approve(page)
  await left(page, 1)
  await page.keyboard.press('ArrowLeft')
  await page.getByRole('dialog').waitFor()
})

test('a session that ends in the middle keeps the place and what was typed', async () => {
  const diner = await signIn(service)
  await receiptToReview(service, diner)
  const second = await receiptToReview(service, diner)
  const { page, person } = await enterAs(await pages.open(calm), service, 'reviewer', `reviews/${second}`)
  await page.getByRole('button', { name: '金额不对？' }).click()
  await page.getByLabel('你看到的金额').fill('80')
  await page.waitForTimeout(looked_ms)
  await page.getByRole('button', { name: '拒绝' }).click()
  await page.getByLabel('其他原因').fill('金额被涂改')
  await service.database.query('DELETE FROM sessions')
  service.clock.advance(3 * 3_600_000)
  // The page may find out by itself before the tap does.
  await page
    .getByRole('button', { name: '确认拒绝' })
    .click({ timeout: 2_000 })
    .catch(() => {})
  await page.getByLabel('手机号').fill(person.phone)
  await page.getByLabel('短信验证码').fill('123456')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  expect(await page.getByLabel('你看到的金额').inputValue()).toBe('80')
  await atAddress(page, second)
  await page.waitForTimeout(looked_ms)
  await page.getByRole('button', { name: '拒绝' }).click()
  expect(await page.getByLabel('其他原因').inputValue()).toBe('金额被涂改')
  await page.getByRole('button', { name: '确认拒绝' }).click()
  await page.getByText('已拒绝').waitFor()
  expect(await rows()).toMatchObject([{ review_status: 'pending' }, { review_reason: '金额被涂改' }])
})

test('a new receipt appears by itself, also after the network was away', async () => {
  const diner = await signIn(service)
  const context = await pages.open(calm)
  const { page } = await enterAs(context, service, 'reviewer')
  await page.getByText('没有等待审核的小票').waitFor()
  await receiptToReview(service, diner)
  await left(page, 1)
  pages.expectComplaint('net::ERR_')
  pages.expectComplaint('WebSocket')
  await context.setOffline(true)
  await page.locator('.line.away').waitFor()
  await receiptToReview(service, diner)
  await context.setOffline(false)
  await left(page, 2)
})

test('receipts without a doubt are approved by two taps, and those that fail say why', async () => {
  const diner = await signIn(service)
  const ids = []
  for (let index = 0; index < 4; index += 1) ids.push(await receiptToReview(service, diner))
  await receiptToReview(service, diner, { read_fen: null })
  await receiptToReview(service, diner, { flags: [{ flag: 'old_receipt', upload_id: null }] })
  const { page } = await enterAs(await pages.open(calm), service, 'reviewer', 'reviews?view=batch')
  await page.getByRole('button', { name: '选中没有疑点的' }).click()
  const other = await signInStaff(service, 'manager')
  const body = { upload_id: ids[1], action: 'reject' }
  // Once the taps are made: the page drops what somebody else decided before.
  await page.route('**/api/merchant/batch-review', async (route) => {
    expect((await service.client.post('/api/merchant/review', { token: other.token, body })).code).toBe(0)
    await route.continue()
  })
  await page.getByRole('button', { name: '通过 4 张 +3,540' }).click()
  await page.getByText('3 张已处理，1 张没有成功').waitFor()
  expect(await statuses()).toEqual(['approved', 'rejected', 'approved', 'approved', 'pending', 'pending'])
})

async function expectSoon(holds: () => boolean) {
  for (let turn = 0; turn < 50 && !holds(); turn += 1) await Bun.sleep(100)
  expect(holds()).toBe(true)
}
