import { beforeEach, describe, expect, test } from 'bun:test'
import { replaceWheel } from '../../../src/merchant/wheel/replace-wheel.ts'
import type { WheelAnswer } from '../../../src/merchant/wheel/wire.ts'
import { wheelBody } from '../../../src/merchant/wheel/wire.ts'
import { parallelCopies } from '../../support/copies.ts'
import { waitingForLocks } from '../../support/locks.ts'
import { actorOf, givePoints, type Person, signIn, signInMerchant } from '../../support/people.ts'
import { withReplica } from '../../support/replica.ts'
import { useService } from '../../support/service.ts'

const service = useService()
let merchant: Person
let token: string
let wheel: WheelAnswer

beforeEach(async () => {
  merchant = await signInMerchant(service)
  token = merchant.token
  wheel = (await service.client.get('/api/merchant/prizes', { token })).data
})

const put = (body: unknown, idempotencyKey?: string) =>
  service.client.put('/api/merchant/prizes', { token, body, ...(idempotencyKey ? { idempotencyKey } : {}) })
const changed = (index: number, patch: object) => ({
  prizes: wheel.prizes.map((prize, at) => (at === index ? { ...prize, ...patch } : prize)),
})

describe('the wheel', () => {
  test('replacing the wheel shows diners its next version as a whole and adds an audit row', async () => {
    const prizes = wheel.prizes.map((prize) => ({ ...prize, prize_name: `新${prize.prize_name}` }))
    const { code, data } = await put({ prizes, cost_points: 80 })
    expect(code).toBe(0)
    expect(data).toMatchObject({ version: wheel.version + 1, cost_points: 80, pity_prize_id: wheel.pity_prize_id })
    expect(data.prizes.map(({ prize_id }: { prize_id: number }) => prize_id)).toEqual(
      wheel.prizes.map(({ prize_id }) => prize_id),
    )
    const config = await service.client.get('/api/lottery/config', { token })
    expect(config.data.cost_points).toBe(80)
    expect(config.data.prizes[0].prize_name).toStartWith('新')
    const audit = await service.database.query(
      'SELECT action, actor_id FROM audit_log WHERE target = ? AND actor_id IS NOT NULL',
      ['wheel:1'],
    )
    expect(audit).toEqual([{ action: 'wheel.replace', actor_id: merchant.userId }])
  })

  test('prizes without ids replace the prizes at their angles', async () => {
    const prizes = wheel.prizes.map(({ prize_id: _, ...prize }) => ({ ...prize, color: '#123ABC' }))
    const { data } = await put({ prizes: prizes.toReversed() })
    expect(data.prizes).toEqual(wheel.prizes.map((prize) => ({ ...prize, color: '#123ABC' })))
  })

  test('prizes may swap their angles', async () => {
    const [first, second] = [wheel.prizes[0], wheel.prizes[1]]
    const prizes = wheel.prizes.map((prize) =>
      prize === first ? { ...prize, angle: 45 } : prize === second ? { ...prize, angle: 0 } : prize,
    )
    const { data } = await put({ prizes })
    expect(data.prizes.slice(0, 2)).toMatchObject([
      { prize_id: second?.prize_id, angle: 0 },
      { prize_id: first?.prize_id, angle: 45 },
    ])
  })

  test('an invalid wheel is refused with 6010 and changes nothing', async () => {
    const wrong = [
      { prizes: wheel.prizes.slice(1) },
      { prizes: [...wheel.prizes, wheel.prizes[0]] },
      changed(0, { angle: 45 }),
      changed(0, { angle: 10 }),
      changed(0, { probability: 0.06 }),
      changed(0, { probability: 0.05001 }),
      changed(0, { probability: -0.05 }),
      changed(0, { probability: 1e-7 }),
      changed(0, { color: '#ff6b6b' }),
      changed(0, { color: 'FF6B6B' }),
      changed(0, { prize_name: '' }),
      changed(0, { prize_type: 'car' }),
      changed(1, { prize_value: 12.5 }),
      changed(0, { stock_remaining: -1 }),
      changed(0, { stock_remaining: 1_000_000_000 }),
      changed(0, { prize_id: 999 }),
      changed(0, { prize_id: wheel.prizes[1]?.prize_id }),
      changed(7, { prize_type: 'coupon' }),
      { ...changed(0, {}), pity_prize_id: 999 },
      { ...changed(0, {}), pity_prize_id: wheel.prizes[7]?.prize_id },
      changed(2, { prize_type: 'empty', prize_value: 0 }),
      { ...changed(0, {}), cost_points: -1 },
      changed(0, { cost_points: -1 }),
      { prizes: wheel.prizes.map((prize, index) => ({ ...prize, cost_points: 100 + index })) },
      {},
    ]
    for (const body of wrong) expect((await put(body)).code, JSON.stringify(body)).toBe(6010)
    expect((await service.client.get('/api/merchant/prizes', { token })).data).toEqual(wheel)
  })

  test('a guarantee of the empty prize that stands already stays valid', async () => {
    for (const table of ['lottery_wheel', 'wheel_versions'])
      await service.database.query(`UPDATE ${table} SET pity_prize_id = ?`, [wheel.prizes[7]?.prize_id])
    const saved = await put(changed(0, { color: '#000000' }))
    expect([saved.code, saved.data.pity_prize_id]).toEqual([0, wheel.prizes[7]?.prize_id])
  })

  test('the price may be given on the prizes, as diners see it, if it is the same on each', async () => {
    const rows = wheel.prizes.map((prize) => ({ ...prize, cost_points: 200 }))
    expect((await put({ prizes: rows })).data.cost_points).toBe(200)
    expect((await put({ prizes: rows, cost_points: 300 })).data.cost_points).toBe(300)
    expect((await put({ prizes: wheel.prizes })).data.cost_points).toBe(300)
  })

  test('a prize limited to one is won once, and then the config marks it as sold out', async () => {
    const diner = await signIn(service)
    await givePoints(service, diner, 20_000)
    const prizes = wheel.prizes.map((prize) => ({
      ...prize,
      probability: prize.angle === 180 ? 0.99 : prize.angle === 315 ? 0.01 : 0,
      stock_remaining: prize.angle === 180 ? 1 : null,
    }))
    expect((await put({ prizes })).code).toBe(0)
    const draws = await Promise.all(
      Array.from({ length: 6 }, () =>
        service.client.post('/api/lottery/draw', { token: diner.token, body: { draw_type: 'decade' } }),
      ),
    )
    const won = draws.flatMap(({ data }) => data.results).filter(({ angle }: { angle: number }) => angle === 180)
    expect(won).toHaveLength(1)
    service.services.caches.wheel.invalidate()
    const config = await service.client.get('/api/lottery/config', { token })
    expect(config.data.prizes.find(({ angle }: { angle: number }) => angle === 180)).toMatchObject({ sold_out: true })
  })

  test('one key replaces the wheel once: parallel and later copies change nothing, another wheel is 9008', async () => {
    const black = changed(0, { color: '#000000' })
    const told = await parallelCopies(() => put(black, 'w1'))
    expect(told.version).toBe(wheel.version + 1)
    const white = await put(changed(0, { color: '#FFFFFF' }))
    expect(white.data.version).toBe(wheel.version + 2)
    const again = await put(black, 'w1')
    expect(again.data).toEqual(told)
    expect(again.headers.get('Idempotency-Replayed')).toBe('true')
    expect((await put(changed(0, { color: '#123ABC' }), 'w1')).code).toBe(9008)
    const { effective_from: _from, ...state } = white.data
    expect((await service.client.get('/api/merchant/prizes', { token })).data).toEqual(state)
    expect(await service.database.query("SELECT 1 FROM audit_log WHERE action = 'wheel.replace'")).toHaveLength(2)
  })

  test('draws in parallel with replacements on two replicas each use one version of the wheel', async () => {
    const diners = await Promise.all(Array.from({ length: 4 }, () => signIn(service)))
    for (const diner of diners) await givePoints(service, diner, 100_000)
    const versionOf = (cost: number) => wheelBody.parse({ ...changed(0, { stock_remaining: cost }), cost_points: cost })
    await withReplica(service, ({ till }) =>
      Promise.all([
        ...Array.from({ length: 10 }, (_, index) =>
          (index % 2 === 0 ? till : service.services.till).run(replaceWheel, {
            wheel: versionOf(10 + index),
            actor: actorOf(merchant),
            rules: { ...service.services.rules.wheel, change: 'now' },
            nextDayAfter: (at) => at,
          }),
        ),
        ...diners.flatMap((diner) =>
          Array.from({ length: 15 }, () =>
            service.client.post('/api/lottery/draw', { token: diner.token, body: { draw_type: 'triple' } }),
          ),
        ),
      ]),
    )
    const mixed = await service.database.query(
      `SELECT wheel_version FROM lottery_records GROUP BY wheel_version HAVING COUNT(DISTINCT points_cost) > 1`,
    )
    expect(mixed).toEqual([])
    const drawn = await service.database.query(
      'SELECT draw_id FROM lottery_records GROUP BY draw_id HAVING COUNT(DISTINCT wheel_version) > 1',
    )
    expect(drawn).toEqual([])
    const { data } = await service.client.get('/api/merchant/prizes', { token })
    expect(data.version).toBe(wheel.version + 10)
  })

  test.each([
    ['limited', 7],
    ['unlimited', null],
  ])(
    'a draw that comes while the wheel is replaced waits, and turns the new wheel, %s prizes and all',
    async (_, stock) => {
      const diner = await signIn(service)
      const only = {
        ...wheel,
        prizes: wheel.prizes.map((prize, index) =>
          index === 0
            ? { ...prize, prize_name: '旧奖品', prize_type: 'physical', probability: 1, stock_remaining: stock }
            : { ...prize, probability: 0 },
        ),
      }
      expect((await put(only)).code).toBe(0)
      const blocker = await service.database.acquire()
      await blocker.query('START TRANSACTION')
      const id = wheel.prizes[0]?.prize_id
      await blocker.query('UPDATE lottery_wheel SET version = version + 1')
      const drawn = service.client.post('/api/lottery/draw', { token: diner.token, body: { draw_type: 'single' } })
      await waitingForLocks(service.database)
      await blocker.query("UPDATE lottery_prizes SET prize_name = '新奖品' WHERE prize_id = ?", [id])
      await blocker.query('COMMIT')
      blocker.release()
      expect((await drawn).data.results[0]).toMatchObject({ prize_name: '新奖品', is_pity: false })
      const kept = await service.database.query<{ version: number; left: number }>(
        `SELECT r.wheel_version - w.version AS version, p.stock_remaining AS \`left\` FROM lottery_records r
         JOIN lottery_wheel w ON w.wheel_id = 1 JOIN lottery_prizes p ON p.prize_id = r.prize_id`,
      )
      expect(kept).toEqual([{ version: 0, left: stock === null ? null : stock - 1 } as never])
    },
  )

  test('a draw that finds its limited prize changed by hand, under the lock, is made again', async () => {
    const diner = await signIn(service)
    const only = {
      ...wheel,
      prizes: wheel.prizes.map((prize, index) => ({
        ...prize,
        probability: index === 0 ? 1 : 0,
        ...(index === 0 ? { prize_type: 'physical', stock_remaining: 5 } : {}),
      })),
    }
    expect((await put(only)).code).toBe(0)
    const blocker = await service.database.acquire()
    await blocker.query('START TRANSACTION')
    const id = wheel.prizes[0]?.prize_id
    await blocker.query("UPDATE lottery_prizes SET prize_name = '新奖品' WHERE prize_id = ?", [id])
    const drawn = service.client.post('/api/lottery/draw', { token: diner.token, body: { draw_type: 'single' } })
    await waitingForLocks(service.database)
    await blocker.query('COMMIT')
    blocker.release()
    expect((await drawn).data.results[0]).toMatchObject({ prize_name: '新奖品', is_pity: false })
  })
})

test('the statistics of draws show declared and observed odds, and count pity draws separately', async () => {
  const diner = await signIn(service)
  await givePoints(service, diner, 5_000)
  for (let i = 0; i < 4; i += 1) {
    await service.client.post('/api/lottery/draw', { token: diner.token, body: { draw_type: 'decade' } })
  }
  const { data } = await service.client.get('/api/merchant/lottery/stats', { token })
  expect(data).toMatchObject({ version: wheel.version, total_draws: 40, total_cost: 4_000 })
  expect(data.prizes).toHaveLength(8)
  const sum = (field: string) =>
    data.prizes.reduce((all: number, prize: Record<string, number>) => all + (prize[field] ?? 0), 0)
  expect(sum('draws')).toBe(40)
  expect(sum('declared')).toBeCloseTo(1)
  expect(sum('observed')).toBeCloseTo(1)
})
