import { expect, test } from 'bun:test'
import { jpegOf, picture } from '../../support/images.ts'
import { phoneOf } from '../../support/mini-program.ts'
import { balanceOf, newProduct, signIn } from '../../support/people.ts'
import { startProgram } from '../../support/process.ts'
import { useService } from '../../support/service.ts'

const service = useService({
  DIALECTS: 'on',
  RATE_LIMIT: 'on',
  RATE_LIMIT_DRAW: '2',
  RATE_LIMIT_UPLOAD: '1',
  DAILY_LOTTERY_LIMIT: '3',
  AUTH_FAILURE_CODE: '4010',
})

const draw = (token: string, data: Record<string, unknown>, key?: string) =>
  phoneOf(service).request('/lottery/draw', {
    method: 'POST',
    token,
    data,
    header: key ? { 'Idempotency-Key': key } : {},
  })

test('rate limits and daily limits also hold for requests that use aliases', async () => {
  const [a, b] = [await signIn(service), await signIn(service)]
  expect((await draw(a.token, { type: '单抽' })).data.code).toBe(0)
  expect((await draw(a.token, { draw_type: '三连抽' })).data.code).toBe(3003)
  expect((await draw(a.token, { type: 'SINGLE' })).data.code).toBe(9006)
  const upload = async (seed: number, formData: Record<string, string>) =>
    phoneOf(service).uploadFile('/upload', { name: 'file', bytes: await jpegOf(picture(seed)), formData })
  expect((await upload(41, { user_amount: '1', access_token: b.token })).data.code).toBe(0)
  const limited = await upload(42, { user_amount: '1', access_token: b.token })
  expect([limited.data.code, Number(limited.header.get('Retry-After')) > 0]).toEqual([9006, true])
})

test('one key has one effect, whichever path and aliases a request uses', async () => {
  const diner = await signIn(service)
  const product_id = await newProduct(service, 5)
  const buy = async (path: string, data: Record<string, unknown>) => {
    const header = { 'Idempotency-Key': 'one' }
    return (await phoneOf(service).request(path, { method: 'POST', token: diner.token, data, header })).data
  }
  const first = await buy('/exchange/redeem', { commodity_id: product_id })
  expect((await buy('/exchange/submit', { product_id })).data.exchange_id).toBe(first.data.exchange_id)
  expect((await buy('/exchange/redeem', { id: product_id, quantity: 1 })).data.order_no).toBe(first.data.exchange_id)
  expect((await buy('/exchange/redeem', { id: product_id, quantity: 2 })).code).toBe(9008)
  expect(await balanceOf(service, diner)).toBe(990)
})

test('a missing token is answered with the configured code', async () => {
  const { data, header } = await phoneOf(service).request('/user/info')
  expect([data.code, header.get('X-Api-Code')]).toEqual([4010, '2001'])
})

test('no log contains a token that was sent in a form', async () => {
  const { DATABASE_URL, DATA_DIR } = { DATABASE_URL: service.databaseUrl, DATA_DIR: service.dataDir }
  const program = await startProgram({ DATABASE_URL, DATA_DIR, JOBS: 'off', OCR: 'off', LOG_LEVEL: 'trace' })
  try {
    const { token } = await signIn(service)
    const bytes = await jpegOf(picture(43))
    const phone = phoneOf(program)
    const codes: number[] = []
    for (const [name, amount] of [
      ['file', '1'],
      ['none', '1'],
      ['photo', 'x'],
    ] as const) {
      const formData = { user_amount: amount, access_token: token }
      codes.push((await phone.uploadFile('/upload', { name, bytes, formData })).data.code)
    }
    codes.push((await phone.request('/lottery/draw', { method: 'POST', data: { access_token: token } })).data.code)
    expect(codes).toEqual([0, 5001, 5002, 401])
    expect(program.output()).toContain('/api/photo/upload')
    expect(program.output()).not.toContain(token.slice(-24))
  } finally {
    await program.kill()
  }
})
