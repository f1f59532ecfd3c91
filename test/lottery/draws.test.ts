import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { newId, randomCode } from '../../src/lib/random.ts'
import { type Draw, draw } from '../../src/lottery/draw.ts'
import { recordWheel } from '../../src/lottery/record-wheel.ts'
import { oddsSum } from '../../src/lottery/wheel.ts'
import { parallelCopies } from '../support/copies.ts'
import { balanceOf, givePoints, type Person, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { drawDay, drawSettings, spinsAt } from '../support/spins.ts'

const service = useService()
const { spin, config, sql, rich, drawRolls } = spinsAt(service)

describe('a draw', () => {
  test.each([
    ['single', 1, 'single'],
    ['triple', 3, 'triple'],
    ['quintuple', 5, 'quintuple'],
    ['five', 5, 'quintuple'],
    ['decade', 10, 'decade'],
    ['ten', 10, 'decade'],
  ])('a %s draw turns the wheel %p times, all or nothing', async (type, count, name) => {
    const person = await rich()
    const { data } = await spin(person, type)
    expect(data).toMatchObject({ count, draw_type: name, total_cost: 100 * count, draws_today: count })
    expect(data.results.map((result: { draw_sequence: number }) => result.draw_sequence)).toEqual(
      Array.from({ length: count }, (_, i) => i + 1),
    )
    const won = data.results.reduce((sum: number, result: { points_awarded: number }) => sum + result.points_awarded, 0)
    expect(data.points_awarded).toBe(won)
    expect(data.remaining_points).toBe(51_000 - 100 * count + won)
    expect(await balanceOf(service, person)).toBe(data.remaining_points)
    expect((await config(person)).data).toMatchObject({ draws_today: count, user_pity: data.user_pity })
  })

  test.each([[null], [''], ['SINGLE'], [1], ['hundred'], [['single']], [{ a: 1 }], ['single ']])(
    'a draw of type %p is refused with 3004 and costs nothing',
    async (type) => {
      const person = await signIn(service)
      expect((await spin(person, type)).code).toBe(3004)
      expect(await balanceOf(service, person)).toBe(1000)
    },
  )

  test('a count that the client sends is ignored', async () => {
    const person = await signIn(service)
    const body = { draw_type: 'single', count: 10, rolls: [0], prize_id: 7, user_id: 1 }
    const { data } = await service.client.post('/api/lottery/draw', { token: person.token, body })
    expect(data.count).toBe(1)
  })

  test('a draw that costs more than the balance is refused, and says what is missing', async () => {
    const person = await signIn(service)
    await givePoints(service, person, -950)
    const { code, data, msg } = await spin(person)
    expect([code, data]).toEqual([3002, { required: 100, current: 50, shortage: 50 }])
    expect(msg).toMatch(/需要 100 积分/)
  })

  test('a draw cannot be paid with the points that it wins', async () => {
    const person = await signIn(service)
    await givePoints(service, person, -950)
    const rolls = Array(10).fill(4_000)
    await expect(drawRolls(person, 'decade', rolls)).rejects.toMatchObject({ code: 3002 })
    expect(await balanceOf(service, person)).toBe(50)
  })

  test('40 parallel draws of one user never overdraw the balance', async () => {
    const person = await signIn(service)
    const draws = await Promise.all(Array.from({ length: 40 }, () => spin(person)))
    const made = draws.filter(({ code }) => code === 0)
    expect(draws.every(({ code }) => code === 0 || code === 3002)).toBe(true)
    const won = made.reduce((sum, { data }) => sum + data.points_awarded, 0)
    expect(await balanceOf(service, person)).toBe(1000 - 100 * made.length + won)
  })

  test('20 parallel requests with one key have one effect and one answer', async () => {
    const person = await signIn(service)
    await parallelCopies(() => spin(person, 'single', 'k-1'))
    expect(await sql('SELECT 1 FROM lottery_records')).toHaveLength(1)
  })

  test('the same key for another request is refused with 9008', async () => {
    const person = await signIn(service)
    await spin(person, 'single', 'k')
    expect((await spin(person, 'triple', 'k')).code).toBe(9008)
    const other = await service.client.post('/api/user/check-in', { token: person.token, idempotencyKey: 'k' })
    expect(other.code).toBe(9008)
    expect((await spin(await signIn(service), 'single', 'k')).headers.get('Idempotency-Replayed')).toBeNull()
  })

  test('one person’s draws do not delay another’s', async () => {
    const people = await Promise.all(Array.from({ length: 20 }, () => rich()))
    const answers = await Promise.all(people.flatMap((person) => [spin(person, 'ten'), spin(person, 'five')]))
    expect(answers.every(({ code }) => code === 0)).toBe(true)
    expect(await sql('SELECT 1 FROM lottery_records')).toHaveLength(20 * 15)
  })
})

describe('the daily limit', () => {
  const limited = useLimit(10)

  test('the daily limit counts draws, and refuses the whole of a request that would exceed it', async () => {
    const person = await rich()
    await limited(person, 'quintuple')
    await limited(person, 'triple')
    await expect(limited(person, 'triple')).rejects.toMatchObject({ code: 3003, data: { limit: 10, used: 8 } })
    await limited(person, 'single')
  })

  test('the daily limit holds under 30 parallel draws, and starts again with the business day', async () => {
    const person = await rich()
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => limited(person, 'single')))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
    await limited(person, 'decade', '2026-11-23')
    await expect(limited(person, 'single', '2026-11-23')).rejects.toMatchObject({ code: 3003 })
  })

  test('a replica whose clock is behind does not start an earlier day’s limit again', async () => {
    const person = await rich()
    await limited(person, 'decade', '2026-11-23')
    for (const on of [drawDay, '2026-11-23', drawDay]) {
      await expect(limited(person, 'single', on)).rejects.toMatchObject({ code: 3003, data: { limit: 10, used: 10 } })
    }
    await limited(person, 'single', '2026-11-24')
  })

  function useLimit(dailyLimit: number) {
    return async (person: Person, drawType: Draw['drawType'], on = drawDay) => {
      const count = { single: 1, triple: 3, quintuple: 5, decade: 10 }[drawType]
      const codes = Array.from({ length: count }, () => randomCode(10))
      const rolls = Array(count).fill(9_999)
      const input = { userId: person.userId, drawType, drawId: newId('DR'), rolls, codes, day: on }
      await service.services.till.run(recordWheel, { dailyLimit, pityLimit: 10 })
      return service.services.till.run(draw, { ...input, settings: drawSettings })
    }
  }
})

describe('the pity prize', () => {
  const miss = 9_999
  const pityPrizeRoll = 2_500

  test('the tenth draw gives the pity prize after nine draws without it, and the count starts again', async () => {
    const person = await rich()
    const { results, user_pity } = await drawRolls(person, 'decade', Array(10).fill(miss))
    expect(results.map(({ is_pity }) => is_pity)).toEqual([...Array(9).fill(false), true])
    expect(results[9]).toMatchObject({ prize_id: 3, is_near_miss: false })
    expect(user_pity).toMatchObject({ current_count: 0, remaining_draws: 10 })
  })

  test('the pity count goes on from request to request, and a lucky draw resets it', async () => {
    const person = await rich()
    await drawRolls(person, 'quintuple', Array(5).fill(miss))
    await drawRolls(person, 'triple', [miss, pityPrizeRoll, miss])
    const { user_pity } = await drawRolls(person, 'single', [miss])
    expect(user_pity).toMatchObject({ current_count: 2, remaining_draws: 8 })
  })

  test('for any rolls and requests, at most nine draws go without the pity prize, and points add up', async () => {
    const anyRequest = fc.oneof(
      ...([1, 3, 5, 10] as const).map((count) =>
        fc.array(fc.integer({ min: 0, max: oddsSum - 1 }), { minLength: count, maxLength: count }),
      ),
    )
    const types = { 1: 'single', 3: 'triple', 5: 'quintuple', 10: 'decade' } as const
    await fc.assert(
      fc.asyncProperty(fc.array(anyRequest, { minLength: 1, maxLength: 8 }), async (requests) => {
        const person = await rich(100_000)
        let [balance, gap] = [101_000, 0]
        for (const rolls of requests) {
          const answer = await drawRolls(person, types[rolls.length as 1 | 3 | 5 | 10], rolls)
          balance += answer.points_awarded - answer.total_cost
          expect(answer.remaining_points).toBe(balance)
          for (const { prize_id } of answer.results) {
            gap = prize_id === 3 ? 0 : gap + 1
            expect(gap).toBeLessThan(10)
          }
          expect(answer.user_pity.current_count).toBe(gap)
        }
      }),
      { numRuns: 25 },
    )
  })
})
