import { beforeEach, describe, expect, test } from 'bun:test'
import { Build } from '../../support/builds.ts'
import { withFreshReplica } from '../../support/fresh-replica.ts'
import { newPhoto } from '../../support/images.ts'
import { phoneOf } from '../../support/mini-program.ts'
import { newPhone, newProduct, type Person, signInMerchant } from '../../support/people.ts'
import { useService } from '../../support/service.ts'

const service = useService({ DIALECTS: 'on' })
let staff: Person

beforeEach(async () => {
  staff = await signInMerchant(service)
})

const camelCase = (refreshToken: string) => ({ refreshToken })

describe('v220', () => {
  const header = { 'X-Client-Version': '2.2.0', 'X-Platform': 'wechat-miniprogram' }

  test('v220 lets a diner upload without an amount, and gets 4015 because its 4005 has a special screen', async () => {
    const build = new Build(service, { header, refreshBody: camelCase })
    await build.post('/auth/send-code', { mobile: newPhone() })
    const me = await build.login({ mobile: newPhone(), code: '123456' })
    expect([me.is_admin, Boolean(me.avatar_url || me.avatarUrl)]).toEqual([false, false])
    const sent = await build.phone.uploadFile(
      '/photo/upload',
      { name: 'photo', bytes: await newPhoto() },
      { token: build.accessToken },
    )
    expect([sent.data.code, sent.data.data.status]).toEqual([0, 'pending'])
    const bare = phoneOf(service)
    const headerless = await bare.uploadFile(
      '/photo/upload',
      { name: 'photo', bytes: await newPhoto() },
      { token: build.accessToken },
    )
    expect(headerless.data.data.amount).toBe('0.00')
    const info = (await build.get('/user/info')).data
    expect([info.user_id, info.total_points, info.mobile]).toEqual([me.user_id, 1000, me.mobile])
    const dear = await newProduct(service, 1, { exchange_points: 9_000 })
    await expect(build.post('/exchange/redeem', { product_id: dear, quantity: 1 })).rejects.toThrow('4015')
    await build.post('/user/check-in')
    await build.post('/lottery/draw', { draw_type: '单抽', count: 1 })
    const { data } = await build.get('/user/statistics')
    expect(data).toMatchObject({
      total_lottery: 1,
      total_exchange: 0,
      total_upload: 2,
      approved_upload: 0,
      join_days: 0,
    })
    expect(data.this_month_points).toBe(data.points_statistics.total_earned)
    const avatar = await build.phone.uploadFile(
      '/user/avatar',
      { name: 'avatar', bytes: await newPhoto() },
      { token: build.accessToken },
    )
    expect((await fetch(avatar.data.data.avatar_url)).status).toBe(200)
    const after = (await build.get('/user/info')).data
    expect([after.avatar_url, after.avatarUrl, after.user_info.avatar_url]).toEqual(
      Array(3).fill(avatar.data.data.avatar),
    )
  })

  test('an upload of v220 without the version header is recognised by its form, even on a fresh replica', async () => {
    const build = new Build(service, { header, refreshBody: camelCase })
    await build.login({ mobile: newPhone(), code: '123456' })
    await withFreshReplica(service, {}, async (replica) => {
      const file = { name: 'photo', bytes: await newPhoto() }
      const sent = await phoneOf(replica).uploadFile('/photo/upload', file, { token: build.accessToken })
      expect([sent.statusCode, sent.data.code, sent.data.data?.amount]).toEqual([200, 0, '0.00'])
    })
  })

  test('v220 works for staff: products, the wheel in percent by id, statistics of any period', async () => {
    const build = new Build(service, { header })
    build.signedIn({ access_token: staff.token, refresh_token: staff.refreshToken })
    expect((await build.get('/user/info')).data.is_admin).toBe(true)
    const made = (
      await build.post('/merchant/products', {
        name: '新品',
        description: '好吃',
        category: '实物商品',
        exchange_points: 10,
        stock: 5,
        image: '',
        is_hot: false,
        sort_order: 0,
      })
    ).data
    await build.call(`/merchant/products/${made.id}`, { method: 'PUT', data: { status: 'offline', name: '旧品' } })
    await build.post('/merchant/products/batch-update', {
      products: [{ commodity_id: made.id, is_hot: true, status: 'offline' }],
    })
    const query = { page: 1, page_size: 20, category: 'all', status: 'all', sort_by: 'sort_order', sort_order: 'ASC' }
    expect((await build.get('/merchant/products', query)).data.products[0]).toMatchObject({
      id: made.id,
      name: '旧品',
      is_hot: true,
    })
    expect((await build.get('/merchant/product-stats')).data).toMatchObject({ offlineCount: 1, totalCount: 1 })
    const { prizes } = (await build.get('/merchant/lottery/config')).data
    const valid = prizes.filter(
      (one: Record<string, unknown>) =>
        one.prize_id && one.prize_name && typeof one.probability === 'number' && one.probability <= 100,
    )
    expect(valid).toHaveLength(8)
    await build.post('/merchant/lottery/probabilities', {
      prizes: valid.map(({ id, probability }: { id: number; probability: number }) => ({
        id,
        probability: probability <= 1 ? probability * 100 : probability,
      })),
    })
    for (const period of ['today', 'week', 'month', 'all'])
      expect((await build.get('/merchant/statistics', { period })).code).toBe(0)
    await build.call(`/merchant/products/${made.id}`, { method: 'DELETE' })
  })
})
