import { afterAll, expect, test } from 'bun:test'
import { deflateSync } from 'node:zlib'
import { encodeQR } from 'qr'
import { enterAs } from '../../support/console.ts'
import { fakeCamera } from '../../support/fake-camera.ts'
import { pngOf } from '../../support/images.ts'
import { atAddress, enter, type Page, tab, usePages } from '../../support/pages.ts'
import { givePoints, newProduct, type Person, signIn } from '../../support/people.ts'
import { useService } from '../../support/service.ts'

const service = useService()
const camera = fakeCamera()
const pages = usePages(camera.flags)
const calm = { reducedMotion: 'reduce' as const, permissions: ['camera'] }
afterAll(camera.remove)

async function order(diner: Person, name = '桂花糕'): Promise<string> {
  const product_id = await newProduct(service, 50, { name, exchange_points: 10 })
  const body = { product_id, quantity: 2 }
  const { data } = await service.client.post('/api/exchange/submit', { token: diner.token, body })
  return data.exchange_code
}

const statusOf = async (code: string) =>
  (await service.database.query<{ status: string }>('SELECT status FROM vouchers WHERE code = ?', [code]))[0]?.status
const redemptions = async () =>
  (await service.database.query("SELECT 1 FROM audit_log WHERE action = 'voucher.redeem'")).length

async function redeemShown(page: Page, name: string) {
  await page.getByRole('heading', { name }).waitFor()
  await page.getByRole('button', { name: '核销', exact: true }).click()
  await page.getByRole('button', { name: '确认核销' }).click()
  await page.getByText(`已核销：${name}`).waitFor()
}

test('five vouchers are scanned one after the other from the diner’s screen, and taken in', async () => {
  const diner = await signIn(service)
  const codes: string[] = []
  for (let index = 0; index < 5; index += 1) codes.push(await order(diner, `点心${index}`))
  const guest = await enter(await pages.open(calm), service, diner.phone)
  await tab(guest, '背包').click()
  const { page } = await enterAs(await pages.open(calm), service, 'cashier', 'counter')
  for (let index = 0; index < 5; index += 1) {
    await guest.getByRole('button', { name: `出示 点心${index} × 2` }).click()
    const shown = await guest.locator('.qr svg').getAttribute('data-text')
    camera.show(shown ?? '')
    await guest.keyboard.press('Escape')
    await page.getByRole('button', { name: index === 0 ? '打开摄像头' : '继续扫码' }).click()
    await redeemShown(page, `点心${index} × 2`)
  }
  expect(await Promise.all(codes.map(statusOf))).toEqual(Array.from({ length: 5 }, () => 'redeemed'))
})

test('a member’s code shows who they are and what they may use, and their voucher is taken in from there', async () => {
  const diner = await signIn(service)
  await givePoints(service, diner, 500)
  const code = await order(diner)
  const { data } = await service.client.get('/api/user/member-code', { token: diner.token })
  camera.show(data.code)
  const { page } = await enterAs(await pages.open(calm), service, 'cashier', 'counter')
  await page.getByRole('button', { name: '打开摄像头' }).click()
  await page.getByText('1 张可以使用的券').waitFor()
  await page.locator('.member .balance b', { hasText: '1,480' }).waitFor()
  await page.getByRole('button', { name: '核销' }).click()
  await redeemShown(page, '桂花糕 × 2')
  expect(await statusOf(code)).toBe('redeemed')
  await page.getByRole('button', { name: '继续扫码' }).click()
  await page.getByText('没有可以使用的券').waitFor()
})

test('a code is typed in any way, and what was typed outlives a reload', async () => {
  const code = await order(await signIn(service))
  const { page } = await enterAs(await pages.open(calm), service, 'cashier', 'counter')
  await page.getByLabel('核销码或会员码').fill(`${code.slice(0, 5).toLowerCase()} ${code.slice(5)}`)
  await page.reload()
  await page.getByRole('button', { name: '查询' }).click()
  await page.getByRole('heading', { name: '桂花糕 × 2' }).waitFor()
  await atAddress(page, `#counter/${code}`)
  await page.reload()
  await redeemShown(page, '桂花糕 × 2')
  expect(await statusOf(code)).toBe('redeemed')
})

test('the address of another voucher, opened on the counter, shows that voucher', async () => {
  const diner = await signIn(service)
  const [first, second] = [await order(diner, '桂花糕'), await order(diner, '冰豆花')]
  const { page } = await enterAs(await pages.open(calm), service, 'cashier', `counter/${first}`)
  await page.getByRole('heading', { name: '桂花糕 × 2' }).waitFor()
  await page.goto(`${service.url}/console#counter/${second}`)
  await page.getByRole('heading', { name: '冰豆花 × 2' }).waitFor()
  await page.goBack()
  await page.getByRole('heading', { name: '桂花糕 × 2' }).waitFor()
})

test('two quick taps redeem nothing: the confirmation stands elsewhere, and waits', async () => {
  const code = await order(await signIn(service))
  const { page } = await enterAs(await pages.open(calm), service, 'cashier', `counter/${code}`)
  await page.getByRole('button', { name: '核销', exact: true }).dblclick()
  await page.getByText('核销后不能撤销').waitFor()
  expect(await statusOf(code)).toBe('active')
  const confirm = page.getByRole('button', { name: '确认核销' })
  await confirm.dblclick()
  await page.getByText('已核销：桂花糕 × 2').waitFor()
  expect(await redemptions()).toBe(1)
})

test('an answer that was lost is asked for again, and the voucher is taken in once', async () => {
  const code = await order(await signIn(service))
  pages.expectComplaint('net::ERR_')
  const { page } = await enterAs(await pages.open(calm), service, 'cashier', `counter/${code}`)
  await page.route('**/redeem', async (route) => {
    await route.fetch()
    await route.abort()
  })
  await page.getByRole('button', { name: '核销', exact: true }).click()
  await page.getByRole('button', { name: '确认核销' }).click()
  await page.getByText('上次核销没有收到回应').waitFor()
  await page.unroute('**/redeem')
  await page.getByRole('button', { name: '确认核销' }).click()
  await page.getByText('已核销：桂花糕 × 2').waitFor()
  expect(await redemptions()).toBe(1)
})

test('a voucher that another counter took in meanwhile is shown as used, with the service’s sentence', async () => {
  const code = await order(await signIn(service))
  const { page } = await enterAs(await pages.open(calm), service, 'cashier', `counter/${code}`)
  await page.getByRole('button', { name: '核销', exact: true }).click()
  const other = await enterAs(await pages.open(calm), service, 'cashier', `counter/${code}`)
  await redeemShown(other.page, '桂花糕 × 2')
  await page.getByRole('button', { name: '确认核销' }).click()
  await page.getByText('该券不能核销').waitFor()
  await page.getByText('已经用过').waitFor()
  expect(await redemptions()).toBe(1)
})

test('a code of somebody else is not looked up, and the camera goes on looking', async () => {
  const code = await order(await signIn(service))
  const context = await pages.open(calm)
  const asked: string[] = []
  context.on('request', (request) => void asked.push(request.url()))
  camera.show('https://pay.example/1234567890')
  const { page } = await enterAs(context, service, 'cashier', 'counter')
  await page.getByRole('button', { name: '打开摄像头' }).click()
  await page.getByText('这不是本店的券或会员码').waitFor()
  expect(asked.filter((url) => url.includes('/vouchers/'))).toEqual([])
  await page.getByRole('button', { name: '关闭摄像头' }).click()
  camera.show(`rp:v1:${code}`)
  await page.getByRole('button', { name: '打开摄像头' }).click()
  await page.getByRole('heading', { name: '桂花糕 × 2' }).waitFor()
})

test('a photo of a code is read where no page may have the camera', async () => {
  const code = await order(await signIn(service))
  const { page } = await enterAs(await pages.open(calm), service, 'cashier', 'counter')
  const picture = qrPicture(`rp:v1:${code}`)
  await page.getByLabel('拍照识别').setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer: picture })
  await page.getByRole('heading', { name: '桂花糕 × 2' }).waitFor()
})

test('a session that ends before the confirmation comes back to the same voucher', async () => {
  const code = await order(await signIn(service))
  const { page, person } = await enterAs(await pages.open(calm), service, 'cashier', `counter/${code}`)
  await page.getByRole('button', { name: '核销', exact: true }).click()
  await service.database.query('DELETE FROM sessions')
  service.clock.advance(3 * 3_600_000)
  // The page may have noticed by itself already.
  await page
    .getByRole('button', { name: '确认核销' })
    .click({ timeout: 2_000 })
    .catch(() => {})
  await page.getByLabel('手机号').fill(person.phone)
  await page.getByLabel('短信验证码').fill('123456')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await redeemShown(page, '桂花糕 × 2')
  expect(await redemptions()).toBe(1)
})

function qrPicture(text: string): Buffer {
  const dots = encodeQR(text, 'raw', { ecc: 'medium', border: 2 })
  const side = dots.length * 10
  const lines = Array.from({ length: side }, (_, y) => {
    const line = Buffer.alloc(side + 1, 255)
    line[0] = 0
    for (const [x, isDark] of (dots[Math.floor(y / 10)] ?? []).entries())
      if (isDark) line.fill(0, 1 + x * 10, 1 + (x + 1) * 10)
    return line
  })
  return Buffer.from(pngOf(side, side, deflateSync(Buffer.concat(lines))))
}
