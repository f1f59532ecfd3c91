import { describe, expect, test } from 'bun:test'
import type { Answer } from '../support/client.ts'
import { balanceOf, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { spinsAt } from '../support/spins.ts'

const service = useService()
const { spin, config, sql, rich, drawRolls } = spinsAt(service)

describe('the wheel', () => {
  test('the wheel is published by angle, with its odds, price and counters', async () => {
    const { data } = await config(await signIn(service))
    expect(data.prizes.map((prize: { angle: number }) => prize.angle)).toEqual([0, 45, 90, 135, 180, 225, 270, 315])
    expect(data.prizes.map((prize: { probability: number }) => prize.probability)).toEqual([
      0.05, 0.2, 0.1, 0.15, 0.08, 0.25, 0.02, 0.15,
    ])
    expect(data.prizes[0]).toMatchObject({ prize_name: '八八折券', prize_type: 'coupon', color: '#FF6B6B' })
    expect(data).toMatchObject({ cost_points: 100, daily_limit: 0, draws_today: 0 })
    expect(data.user_pity).toEqual({ current_count: 0, pity_limit: 10, remaining_draws: 10, pity_prize_id: 3 })
    expect(data.draw_types).toContainEqual({ type: 'decade', count: 10, cost: 1000 })
  })

  test.each([
    ['its odds don’t sum to one', 'UPDATE lottery_prizes SET probability = 0.1499 WHERE prize_id = 8'],
    ['its guaranteed prize is not active', "UPDATE lottery_prizes SET status = 'inactive' WHERE prize_id = 3"],
    ['a sector is missing', "UPDATE lottery_prizes SET status = 'inactive' WHERE prize_id = 8"],
    ['it was never installed', 'DELETE FROM lottery_wheel'],
  ])('the wheel is closed with 3001 when %s', async (_, change) => {
    const person = await signIn(service)
    await sql(change)
    service.services.caches.wheel.invalidate()
    expect((await config(person)).code).toBe(3001)
    expect((await spin(person)).code).toBe(3001)
    expect(await balanceOf(service, person)).toBe(1000)
  })
})

test('where draws can’t be proven, what proves them says so, and the wheel is open', async () => {
  expect(await service.client.get('/api/fairness')).toMatchObject({ code: 3001, msg: '本店的抽奖没有开启验证' })
  const { code, data } = await service.client.get('/api/lottery/config', { token: (await rich()).token })
  expect([code, data.fairness]).toEqual([0, null])
})

describe('prizes', () => {
  test('a draw’s id has 15 random characters behind its moment, since the log shows hashes of what holds it', async () => {
    const person = await rich()
    const ids = [await spin(person), await spin(person)].map(({ data }) => String(data.draw_id))
    for (const id of ids) expect(id).toMatch(/^DR_[2-9A-HJ-NP-Z]{21}$/)
    expect(new Set(ids.map((id) => id.slice(-15))).size).toBe(2)
  })

  test('coupon and physical prizes give a voucher, points prizes credit points, and the empty prize does nothing', async () => {
    const person = await rich()
    const { results } = await drawRolls(person, 'quintuple', [0, 600, 5_000, 8_400, 9_999])
    expect(results.map(({ prize_type }) => prize_type)).toEqual(['coupon', 'points', 'physical', 'physical', 'empty'])
    expect(results.map(({ points_awarded }) => points_awarded)).toEqual([0, 50, 0, 0, 0])
    expect(results.map(({ voucher }) => voucher !== null)).toEqual([true, false, true, true, false])
    const vouchers = await sql('SELECT code, kind, title, status FROM vouchers ORDER BY source_id')
    expect(vouchers).toMatchObject([{ title: '八八折券' }, { title: '免费咖啡' }, { title: '神秘大奖' }])
    expect(results[0]?.voucher?.code).toMatch(/^[2-9A-HJ-NP-Z]{10}$/)
  })

  test('the empty prize replaces a prize that has run out, and the config marks that as sold out', async () => {
    const person = await rich()
    await sql('UPDATE lottery_prizes SET stock_remaining = 2 WHERE prize_id = 5')
    const { results } = await drawRolls(person, 'quintuple', Array(5).fill(5_000))
    expect(results.map(({ prize_id }) => prize_id)).toEqual([5, 5, 8, 8, 8])
    service.services.caches.wheel.invalidate()
    const { data } = await config(person)
    expect(data.prizes[4]).toMatchObject({ prize_id: 5, stock_remaining: 0, sold_out: true })
  })

  test('a prize limited to ten goes to ten of 60 parallel winners', async () => {
    await sql('UPDATE lottery_prizes SET stock_remaining = 10 WHERE prize_id = 7')
    const people = await Promise.all(Array.from({ length: 60 }, () => signIn(service)))
    const answers = await Promise.all(people.map((person) => drawRolls(person, 'single', [8_400])))
    expect(answers.filter(({ results }) => results[0]?.prize_id === 7)).toHaveLength(10)
    expect(await sql('SELECT stock_remaining FROM lottery_prizes WHERE prize_id = 7')).toEqual([{ stock_remaining: 0 }])
  })

  test('the pity prize never runs out', async () => {
    await sql('UPDATE lottery_prizes SET stock_remaining = 0 WHERE prize_id = 3')
    const { results } = await drawRolls(await rich(), 'single', [2_500])
    expect(results[0]?.prize_id).toBe(3)
  })
})

describe('records and statistics', () => {
  test('records and statistics cover only the caller’s draws, newest first, and can be filtered', async () => {
    const [person, other] = [await rich(), await rich()]
    await drawRolls(person, 'triple', [0, 600, 9_999])
    await drawRolls(person, 'single', [8_400])
    await drawRolls(other, 'single', [0])
    const records = async (query: string) =>
      (await service.client.get(`/api/lottery/records?${query}`, { token: person.token })) as Answer
    expect((await records('')).data.records.map((r: { prize_id: number }) => r.prize_id)).toEqual([7, 8, 2, 1])
    expect((await records('draw_type=single')).data.pagination.total).toBe(1)
    await drawRolls(person, 'quintuple', [0, 0, 0, 0, 0])
    for (const name of ['five', 'quintuple']) expect((await records(`draw_type=${name}`)).data.pagination.total).toBe(5)
    for (const name of ['ten', 'decade']) expect((await records(`draw_type=${name}`)).data.pagination.total).toBe(0)
    expect((await records('prize_type=points')).data.records).toMatchObject([{ points_awarded: 50, points_cost: 100 }])
    expect((await records('prize_type=gold')).code).toBe(9000)
    const { data } = await service.client.get('/api/lottery/statistics', { token: person.token })
    expect(data).toMatchObject({ total_draws: 9, total_cost: 900, total_points_won: 50 })
    expect(data.draw_type_stats).toEqual({ single: 1, triple: 3, quintuple: 5, decade: 0 })
  })
})
