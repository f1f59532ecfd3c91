import { beforeEach, describe, expect, test } from 'bun:test'
import { createApp } from '../../../src/app.ts'
import { openDialects } from '../../../src/composition/open-dialects.ts'
import { jpegOf, picture } from '../../support/images.ts'
import { type Phone, phoneOf } from '../../support/mini-program.ts'
import { newPhone, newProduct, type Person, signIn, signInMerchant } from '../../support/people.ts'
import { useService } from '../../support/service.ts'
import { connectAs } from '../../support/sockets.ts'
import { newUpload } from '../../support/uploads.ts'

const service = useService()
let phone: Phone
let diner: Person
let staff: Person

beforeEach(async () => {
  phone = phoneOf(service)
  diner = await signIn(service)
  staff = await signInMerchant(service)
})

const call = async (path: string, method: 'GET' | 'POST' | 'PUT', data: Record<string, unknown>, person?: Person) => {
  const { statusCode, data: body } = await phone.request(path, { method, data, token: person?.token })
  return [statusCode, body.code]
}

describe('without dialects', () => {
  test.each([
    '/auth/verify',
    '/user/profile',
    '/user/points-records',
    '/user/points-history',
    '/points/details',
    '/points/statistics',
    '/exchange/records',
    '/exchange/products/sync',
    '/photo/records',
    '/upload/records',
    '/merchant/reviews/pending',
    '/merchant/lottery-config',
    '/merchant/lottery/config',
    '/merchant/lottery-stats',
    '/exchange/statistics',
    '/user/points/today-trend',
    '/health',
  ])('GET %s is not found', async (path) => expect(await call(path, 'GET', {}, staff)).toEqual([404, 9002]))

  test.each([
    '/exchange/redeem',
    '/upload',
    '/upload/photo',
    '/merchant/lottery-probabilities',
    '/merchant/lottery/probabilities',
    '/merchant/reset-lottery-probabilities',
    '/merchant/lottery/reset-probabilities',
    '/merchant/apply',
    '/merchant/auth',
  ])('POST %s is not found', async (path) => expect(await call(path, 'POST', {}, staff)).toEqual([404, 9002]))

  test('requests in the words of older builds are refused with the contract’s codes', async () => {
    const upload_id = await newUpload(service, diner)
    const prizes = [{ prize_id: 1, probability: 100 }]
    const calls = [
      [['/auth/login', 'POST', { mobile: newPhone(), code: '123456' }], 1001],
      [['/auth/login', 'POST', { phone: newPhone(), verify_code: '123456' }], 1002],
      [['/auth/refresh', 'POST', { refreshToken: diner.refreshToken }], 2001],
      [['/user/info', 'GET', {}], 2001],
      [['/lottery/draw', 'POST', { type: 'single' }, diner], 3004],
      [['/lottery/draw', 'POST', { draw_type: '单抽' }, diner], 3004],
      [['/lottery/draw', 'POST', { draw_type: 'SINGLE' }, diner], 3004],
      [['/exchange/submit', 'POST', { commodity_id: await newProduct(service, 1) }, diner], 4001],
      [['/exchange/orders', 'GET', { status: 'all' }, diner], 9000],
      [['/exchange/products', 'GET', { sort_order: 'ASC' }, diner], 9000],
      [['/user/points/records', 'GET', { type: 'consume' }, diner], 9000],
      [['/merchant/statistics', 'GET', { period: 'all' }, staff], 9000],
      [['/merchant/review', 'POST', { review_id: upload_id, action: 'approve' }, staff], 6001],
      [['/merchant/review', 'POST', { upload_id, action: 'approved' }, staff], 6001],
      [['/merchant/review', 'POST', { upload_id, action: 'reject', amount: 0 }, staff], 6001],
      [['/merchant/batch-review', 'POST', { upload_ids: [upload_id], action: 'approve' }, staff], 6001],
      [['/merchant/prizes', 'PUT', { prizes }, staff], 6010],
      [['/merchant/products', 'GET', { status: 'offline' }, staff], 9000],
      [['/exchange/orders', 'GET', { status: 'undefined' }, diner], 9000],
      [['/user/info', 'PUT', { avatar: 'wxfile://tmp_1.jpg' }, diner], 9000],
      [['/merchant/products/batch', 'PUT', { product_ids: [1] }, staff], 4002],
    ] as const
    for (const [[path, method, data, person], code] of calls) {
      expect([path, ...(await call(path, method, data, person))]).toEqual([path, 200, code])
    }
  })

  test('an upload’s form may not hold the token, and needs the contract’s names of file and amount', async () => {
    const bytes = await jpegOf(picture(77))
    const upload = async (name: string, formData: Record<string, string>, token?: string) =>
      (
        await phone.uploadFile(
          '/photo/upload',
          { name, bytes, formData },
          { token, header: { 'X-Client-Version': '2.2.0' } },
        )
      ).data.code
    expect(await upload('image', { amount: '1', access_token: diner.token })).toBe(2001)
    expect(await upload('photo', { amount: '1' }, diner.token)).toBe(5001)
    expect(await upload('image', { user_amount: '1' }, diner.token)).toBe(5002)
    expect(await upload('image', {}, diner.token)).toBe(5002)
  })

  test('answers, frames and metrics hold nothing but the contract’s', async () => {
    const { data } = await phone.request('/lottery/draw', {
      method: 'POST',
      token: diner.token,
      data: { draw_type: 'single' },
    })
    expect(Object.keys(data)).toEqual(['code', 'msg', 'data'])
    expect(Object.keys(data.data).sort()).toEqual([
      'count',
      'draw_id',
      'draw_type',
      'draws_today',
      'points_awarded',
      'receipt',
      'remaining_points',
      'results',
      'total_cost',
      'user_pity',
    ])
    const config = await phone.request('/lottery/config', { token: diner.token })
    expect([config.data.data.daily_limit, Object.keys(config.data.data.prizes[0]).includes('id')]).toEqual([0, false])
    const socket = await connectAs(service.url, diner)
    expect(Object.keys(socket.frames[0] ?? {})).toEqual(['type', 'data', 'timestamp'])
    socket.send({ type: 'heartbeat' })
    expect((await socket.next('error')).data.code).toBe(9000)
    socket.close()
    expect(await service.services.metrics.text()).not.toContain('dialect_uses_total')
  })

  test('the document is the same as with dialects', async () => {
    const { services } = service
    const dialects = openDialects({ DIALECTS: true, AUTH_FAILURE_CODE: 401 }, services)
    const document = async (answer: Response | Promise<Response>) => (await answer).json()
    const withDialects = await document(
      createApp({ ...services, dialects }).request('/api/openapi.json', {}, { isNamed: true }),
    )
    expect(withDialects).toEqual(await document(fetch(`${service.url}/api/openapi.json`)))
  })
})
