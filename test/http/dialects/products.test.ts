import { describe, expect, test } from 'bun:test'
import { randomCode } from '../../../src/lib/random.ts'
import { usesOf, type WxOptions } from '../../support/mini-program.ts'
import { codeOf, useOlderBuilds } from '../../support/older-builds.ts'
import { newProduct, signIn } from '../../support/people.ts'

const builds = useOlderBuilds('products')
const { service, call, post, get, asStaff } = builds

describe('batches of products and pictures', () => {
  const ids = async (count: number) => Promise.all(Array.from({ length: count }, () => newProduct(service, 5)))
  const batch = (method: 'PUT' | 'DELETE', data: Record<string, unknown>, options: WxOptions = asStaff()) =>
    call('/merchant/products/batch', { method, data, ...options })

  test.each([
    ['beside the ids', (product_ids: number[]) => ({ product_ids, status: 'OFFLINE', name: '同名', evil: 1 })],
    ['in updates', (product_ids: number[]) => ({ product_ids, updates: { status: 'offline', name: '同名', evil: 1 } })],
    ['for each id', (ids: number[]) => ({ updates: ids.map((id) => ({ id, status: 'offline', name: '同名' })) })],
  ])('many products are edited at once, with the fields %s', async (_, bodyOf) => {
    const [a = 0, b = 0, other = 0] = await ids(3)
    const { data } = await batch('PUT', bodyOf([a, b]))
    expect([data.code, data.data?.products.map((one: { id: number }) => one.id)]).toEqual([0, [a, b]])
    const stored = await service.database.query('SELECT commodity_id, name, status FROM products ORDER BY commodity_id')
    expect(stored).toMatchObject([
      { commodity_id: a, name: '同名', status: 'inactive' },
      { commodity_id: b, name: '同名', status: 'inactive' },
      { commodity_id: other, name: '测试商品', status: 'active' },
    ])
  })

  test('many products are deleted at once, all or none', async () => {
    const [a = 0, b = 0, c = 0] = await ids(3)
    expect(codeOf(await batch('DELETE', { product_ids: [a, 999_999] }))).toEqual([4002, 4002])
    const { data } = await batch('DELETE', { product_ids: [a, b] })
    expect(data.data.products.map((one: { id: number }) => one.id)).toEqual([a, b])
    const left = (await get('/merchant/products', {}, asStaff())).data.data.products
    expect(left.map((one: { id: number }) => one.id)).toEqual([c])
  })

  test('a malformed or too long list is refused with 6009, and callers who are not staff with 2005', async () => {
    for (const method of ['PUT', 'DELETE'] as const) {
      for (const product_ids of [[], ['x'], [1, 1], Array(101).fill(1), 'all', null])
        expect(codeOf(await batch(method, { product_ids, status: 'offline' }))).toEqual([6009, 6009])
      expect(codeOf(await batch(method, { product_ids: [1] }, {}))).toEqual([2005, 2005])
    }
  })

  test.each(['wxfile://tmp_1.jpg', 'http://tmp/1.jpg', 'HTTP://tmp/1.jpg'])(
    'the picture link %s, which is only on the phone, is dropped, and the other fields are saved',
    async (link) => {
      const profile = await call('/user/info', { method: 'PUT', data: { nickname: '小红', avatar: link } })
      expect(profile.data.data.user_info).toMatchObject({ nickname: '小红', avatar: null })
      const fields = { name: '新品', category: '热菜', exchange_points: 10, image: link }
      const made = (await post('/merchant/products', fields, asStaff())).data.data
      expect(made).toMatchObject({ name: '新品', image: null })
      const products = [{ id: made.id, is_hot: true, image: link }]
      const edited = await post('/merchant/products/batch-update', { products }, asStaff())
      expect(edited.data.data.products[0]).toMatchObject({ is_hot: true, image: null })
      const many = await batch('PUT', { product_ids: [made.id], updates: { image: link, sort_order: 3 } })
      expect(many.data.data.products[0]).toMatchObject({ sort_order: 3, image: null })
      const ours = `${service.url}/images/x.jpg`
      const shown = await batch('PUT', { updates: [{ commodity_id: made.id, image: ours }] })
      expect(shown.data.data.products[0].image).toBe(ours)
      const none = await batch('PUT', { product_ids: [made.id], image: '' })
      expect(none.data.data.products[0].image).toBeNull()
    },
  )

  test('a link to an avatar elsewhere is dropped, the other fields are saved, and a stored one stays', async () => {
    const { userId, token } = await signIn(service)
    const save = async (avatar: unknown, nickname: string) =>
      (await builds.phone.request('/user/info', { method: 'PUT', token, data: { avatar, nickname } })).data
    const links = [
      'https://thirdwx.qlogo.cn/mmopen/132',
      'https://tmp.example.com/x.jpg',
      'HTTP://evil.example/a"b',
      '//thirdwx.qlogo.cn/a',
      'cloud://env.656e/a.jpg',
      'data:image/png;base64,iVBORw0KGgo=',
      '/avatars/default.png',
      '',
      null,
      0,
    ]
    for (const [i, link] of links.entries()) {
      const before = await usesOf(service, 'PUT /api/user/info < avatar elsewhere')
      const { code, data } = await save(link, `名${i}`)
      expect([code, data.user_info.avatar, data.user_info.nickname]).toEqual([0, null, `名${i}`])
      expect(await usesOf(service, 'PUT /api/user/info < avatar elsewhere')).toBe(before + 1)
    }
    const stored = 'https://thirdwx.qlogo.cn/mmopen/96'
    await service.database.query('UPDATE users SET avatar = ? WHERE user_id = ?', [stored, userId])
    for (const link of [stored, links[0] ?? '']) expect((await save(link, '名')).data.user_info.avatar).toBe(stored)
    const name = `${userId}-${randomCode(26)}.jpg`
    await service.services.store.put(`avatars/${name}`, new Uint8Array([1]))
    const own = `${service.url}/avatars/${name}`
    expect((await save(own, '名')).data.user_info.avatar).toBe(own)
    expect((await save(`${service.url}/avatars/0${name}`, '名')).code).toBe(9000)
  })
})
