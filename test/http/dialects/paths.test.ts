import { describe, expect, test } from 'bun:test'
import { usesOf } from '../../support/mini-program.ts'
import { codeOf, useOlderBuilds } from '../../support/older-builds.ts'

const builds = useOlderBuilds('paths')
const { service, call, post, get } = builds

describe('paths of older builds', () => {
  test.each([
    ['/auth/verify', '/auth/verify-token', 'diner'],
    ['/user/profile', '/user/info', 'diner'],
    ['/user/points-records', '/user/points/records', 'diner'],
    ['/user/points-history', '/user/points/records', 'diner'],
    ['/points/details', '/user/points/records', 'diner'],
    ['/points/statistics', '/user/points/statistics', 'diner'],
    ['/exchange/records', '/exchange/orders', 'diner'],
    ['/exchange/products/sync', '/exchange/products', 'diner'],
    ['/exchange/statistics', '/user/statistics', 'diner'],
    ['/photo/records', '/photo/history', 'diner'],
    ['/upload/records', '/photo/history', 'diner'],
    ['/merchant/reviews/pending', '/merchant/pending-reviews', 'staff'],
    ['/merchant/lottery-stats', '/merchant/lottery/stats', 'staff'],
  ])('%s answers like %s', async (alias, path, who) => {
    const token = who === 'staff' ? builds.staff.token : builds.diner.token
    const before = await usesOf(service, `/api${alias}`)
    const [own, theirs] = [await call(path, { token }), await call(`${alias}?unknown=1`, { token })]
    expect(theirs.data.code).toBe(0)
    expect(theirs.data).toEqual({
      ...own.data,
      data: { ...own.data.data, ...(path.includes('verify') ? theirs.data.data : {}) },
    })
    expect(await usesOf(service, `/api${alias}`)).toBe(before + 1)
    expect(codeOf(await builds.phone.request(alias))).toEqual([401, 2001])
    if (who === 'staff') expect(codeOf(await call(alias))).toEqual([2005, 2005])
  })

  test.each([
    ['/exchange/redeem', 'POST'],
    ['/upload', 'POST'],
    ['/upload/photo', 'POST'],
    ['/user/profile', 'GET, HEAD, PUT'],
    ['/merchant/lottery-config', 'GET, HEAD, PUT'],
    ['/merchant/lottery/config', 'GET, HEAD, PUT'],
    ['/merchant/lottery-probabilities', 'POST'],
    ['/merchant/lottery/probabilities', 'POST'],
    ['/merchant/reset-lottery-probabilities', 'POST'],
    ['/merchant/lottery/reset-probabilities', 'POST'],
    ['/user/points/today-trend', 'GET, HEAD'],
    ['/merchant/apply', 'POST'],
    ['/health', 'GET, HEAD'],
  ])('%s has the methods %s and refuses others', async (path, methods) => {
    const answer = await call(path, { method: 'DELETE' })
    expect([answer.statusCode, answer.data.code, answer.header.get('Allow')]).toEqual([405, 9003, methods])
    expect((await call(`${path}/`)).statusCode).toBe(404)
  })

  test('/merchant/products/batch has the methods PUT and DELETE and refuses others', async () => {
    const answer = await post('/merchant/products/batch', {})
    expect([answer.statusCode, answer.data.code, answer.header.get('Allow')]).toEqual([405, 9003, 'PUT, DELETE'])
  })

  test('PUT of /user/profile changes the profile', async () => {
    const { data } = await call('/user/profile', { method: 'PUT', data: { nickname: '小明' } })
    expect(data.data.user_info.nickname).toBe('小明')
  })

  test('/health answers anybody in the words of older builds', async () => {
    const { statusCode, data } = await builds.phone.request('/health')
    expect(statusCode).toBe(200)
    expect(Object.keys(data)).toEqual(['status', 'timestamp'])
    expect(data.status).toBe('ok')
    expect(new Date(data.timestamp).toISOString()).toBe(data.timestamp)
  })

  test.each(['/merchant/apply', '/merchant/auth'])('%s makes nobody a merchant', async (path) => {
    const answer = await post(path, { is_merchant: true, business: '面馆' })
    expect(answer.statusCode).toBe(200)
    expect(codeOf(answer)).toEqual([2005, 2005])
    expect(answer.data.msg).toContain('店长')
    expect(codeOf(await builds.phone.request(path, { method: 'POST' }))).toEqual([401, 2001])
    expect((await get('/user/status')).data.data.is_merchant).toBe(false)
  })

  test.each([
    '/trade/orders',
    '/market/items',
    '/market/trade/list',
    '/auth/admin-login',
    '/admin/login',
    '/auth/admin/login',
    '/v4/user/info',
    '/v4/auth/login',
  ])('%s is a path of another service and is 404', async (path) => {
    for (const method of ['GET', 'POST'] as const)
      expect((await call(path, { method, token: builds.staff.token })).statusCode).toBe(404)
  })
})

test('a path of older builds is logged and measured as the contract’s path', async () => {
  await get('/user/profile')
  const metrics = await service.services.metrics.text()
  expect(metrics).toContain('route="/api/user/info",code="0"')
  expect(metrics).not.toContain('/api/user/profile",code')
})

test('the API’s document describes only the contract', async () => {
  const text = await (await fetch(`${service.url}/api/openapi.json`)).text()
  for (const alias of [
    '/api/user/profile',
    '/api/merchant/lottery/config',
    '/api/health',
    '/api/merchant/apply',
    'user_points',
    'page_size',
  ]) {
    expect(text).not.toContain(alias)
  }
})
