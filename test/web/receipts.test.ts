import { expect, test } from 'bun:test'
import decode from 'qr/decode.js'
import { qrPath } from '../../src/web/diner/qr-code.ts'
import { picture } from '../support/images.ts'
import { enter, tab, usePages } from '../support/pages.ts'
import { newPhone, signInStaff } from '../support/people.ts'
import { useService } from '../support/service.ts'

const service = useService()
const pages = usePages()

const photo = () => ({ name: 'receipt.png', mimeType: 'image/png', buffer: Buffer.from(picture(7)) })

test('a receipt is previewed and sent, and its reading and its review come by themselves', async () => {
  const page = await enter(await pages.open({ reducedMotion: 'reduce' }), service, newPhone())
  await tab(page, '小票').click()
  await page.getByLabel('从相册选').setInputFiles(photo())
  await page.getByRole('img', { name: '要上传的小票' }).waitFor()
  await page.getByLabel('消费金额').fill('88.50')
  await page.getByRole('button', { name: '提交审核' }).click()
  await page.getByText('小票已提交').waitFor()
  const row = page.locator('[data-upload]')
  await row.getByText('填写金额 ¥88.50').waitFor()
  await row.getByText('预计 885 积分').waitFor()
  const [upload] = (await service.database.query<{ upload_id: string; user_id: number }>(
    'SELECT upload_id, user_id FROM upload_reviews',
  )) as [{ upload_id: string; user_id: number }]
  const { upload_id, user_id } = upload
  const timestamp = service.clock.now().toISOString()
  const data = { upload_id, recognized_amount: '88.00', estimated_points: 880, timestamp }
  service.services.realtime.publish([{ to: { user_id }, type: 'receipt_read', data }])
  await row.getByText('识别金额 ¥88.00').waitFor()
  const { token } = await signInStaff(service, 'reviewer')
  const body = { upload_id, action: 'approve', amount: 88.5 }
  expect((await service.client.post('/api/merchant/review', { token, body })).code).toBe(0)
  await row.getByText('已到账 +885 积分').waitFor()
  await tab(page, '抽奖').click()
  await page.locator('.figure[data-value="1885"]').waitFor()
})

test('a receipt whose answer was lost is sent again by the same key, and kept once', async () => {
  const page = await enter(await pages.open({ reducedMotion: 'reduce' }), service, newPhone())
  pages.expectComplaint('net::ERR_')
  await tab(page, '小票').click()
  await page.getByLabel('从相册选').setInputFiles(photo())
  await page.getByLabel('消费金额').fill('20')
  await page.route('**/api/photo/upload', async (route) => {
    await route.fetch()
    await route.abort()
  })
  await page.getByRole('button', { name: '提交审核' }).click()
  await page.getByText('网络不太好').waitFor()
  await page.unroute('**/api/photo/upload')
  await page.getByRole('button', { name: '提交审核' }).click()
  await page.getByText('小票已提交').waitFor()
  expect(await service.database.query('SELECT upload_id FROM upload_reviews')).toHaveLength(1)
})

test('a scanner reads what a QR code of the pages holds', () => {
  for (const text of ['rp:v1:VVWKW6PX5R', '123456789012345678']) {
    const { path, size } = qrPath(text)
    const scale = 8
    const side = size * scale
    const data = new Uint8ClampedArray(side * side * 4).fill(255)
    for (const [, x, y] of path.matchAll(/M(\d+) (\d+)/g))
      for (let dot = 0; dot < scale * scale; dot += 1) {
        const row = Number(y) * scale + Math.floor(dot / scale)
        data.fill(
          0,
          (row * side + Number(x) * scale + (dot % scale)) * 4,
          (row * side + Number(x) * scale + (dot % scale)) * 4 + 3,
        )
      }
    expect(decode({ width: side, height: side, data })).toBe(text)
  }
})
