import { describe, expect, test } from 'bun:test'
import { usesOf } from '../../support/mini-program.ts'
import { codeOf, useOlderBuilds } from '../../support/older-builds.ts'
import { givePoints, newProduct } from '../../support/people.ts'

const builds = useOlderBuilds('codes')
const { service, call, post, get } = builds

describe('codes', () => {
  test('2001 and 2002 are sent as 401, and X-Api-Code has the true code', async () => {
    expect(codeOf(await builds.phone.request('/user/info'))).toEqual([401, 2001])
    const answer = await builds.phone.request('/user/info', { token: 'nonsense' })
    expect(codeOf(answer)).toEqual([401, 2002])
    expect([answer.statusCode, answer.data.message]).toEqual([200, answer.data.msg])
  })

  test('only clients of version 2.x get 4015 instead of 4005', async () => {
    const id = await newProduct(service, 5, { exchange_points: 5_000 })
    const buy = (version?: string) =>
      post('/exchange/redeem', { id }, { header: version ? { 'X-Client-Version': version } : {} })
    expect([
      codeOf(await buy('2.2.0')),
      codeOf(await buy('2.1.4')),
      codeOf(await buy('1.0.0')),
      codeOf(await buy('12.2.0')),
      codeOf(await buy()),
    ]).toEqual([
      [4015, 4005],
      [4015, 4005],
      [4005, 4005],
      [4005, 4005],
      [4005, 4005],
    ])
  })

  test('the sentence of 3002 names the points that are needed, because builds read them from it', async () => {
    await givePoints(service, builds.diner, -950)
    const { data } = await post('/lottery/draw', { draw_type: '三连抽' })
    expect([data.code, Number(/需要\s*(\d+)\s*积分/.exec(data.msg)?.[1]), data.message]).toEqual([3002, 300, data.msg])
    expect(data.data).toEqual({ required: 300, current: 50, shortage: 250 })
  })

  test('every envelope has message as well as msg', async () => {
    const answers = [
      await get('/user/info'),
      await get('/nowhere'),
      await post('/lottery/draw', { type: 'x' }),
      await call('/lottery/draw', { method: 'PUT' }),
    ]
    for (const { data } of answers) expect(data.message).toBe(data.msg)
  })
})

test('each use is counted by its alias, and nothing that a client sends becomes a new label', async () => {
  const counts = [
    'POST /api/lottery/draw < draw_type=单抽',
    'POST /api/lottery/draw < type',
    'POST /api/lottery/draw > user_points',
    'GET /api/exchange/products < page_size',
    'GET /api/exchange/products > has_more',
    'code of 2001',
    'message',
  ]
  const before = await Promise.all(counts.map((alias) => usesOf(service, alias)))
  await post('/lottery/draw', { type: '单抽', 'evil"}': 1 })
  for (let i = 0; i < 3; i += 1) await get('/exchange/products', { page_size: 7, evil: 1 })
  await builds.phone.request('/user/info')
  const after = await Promise.all(counts.map((alias) => usesOf(service, alias)))
  expect(after.map((count, i) => count - (before[i] ?? 0))).toEqual([1, 1, 1, 3, 3, 1, 5])
  const metrics = await service.services.metrics.text()
  expect(metrics).not.toContain('evil')
  expect(metrics).toContain('route="/api/exchange/products",code="0"')
})
