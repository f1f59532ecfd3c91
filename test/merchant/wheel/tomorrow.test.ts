import { beforeEach, describe, expect, test } from 'bun:test'
import { changeWheel } from '../../../src/lottery/change-wheel.ts'
import { withWheelInForce } from '../../../src/lottery/with-wheel.ts'
import { replaceWheel } from '../../../src/merchant/wheel/replace-wheel.ts'
import { type WheelAnswer, wheelBody } from '../../../src/merchant/wheel/wire.ts'
import type { Till } from '../../../src/till/till.ts'
import { parallelCopies } from '../../support/copies.ts'
import { runJob } from '../../support/jobs.ts'
import { actorOf, givePoints, type Person, signIn, signInMerchant, signInStaff } from '../../support/people.ts'
import { bringForward, defaultPrize } from '../../support/prizes.ts'
import { withReplica } from '../../support/replica.ts'
import { useService } from '../../support/service.ts'

const service = useService()
const day_ms = 86_400_000
let manager: Person
let diner: Person
let wheel: WheelAnswer

beforeEach(async () => {
  manager = await signInMerchant(service)
  diner = await signIn(service)
  await givePoints(service, diner, 100_000)
  await spin()
  wheel = await state()
})

const get = async (path: string, { token } = manager) => (await service.client.get(path, { token })).data
const state = (): Promise<WheelAnswer> => get('/api/merchant/prizes')
const config = () => get('/api/lottery/config', diner)
const spin = (draw_type = 'single', { token } = diner) =>
  service.client.post('/api/lottery/draw', { token, body: { draw_type } })
const put = (body: unknown, idempotencyKey?: string) =>
  service.client.put('/api/merchant/prizes', {
    token: manager.token,
    body,
    ...(idempotencyKey ? { idempotencyKey } : {}),
  })
const withdraw = () => service.client.delete('/api/merchant/prizes/next', { token: manager.token })
/** A wheel that gives nothing but this prize. */
const only = (prizeId: number, patch: object = {}, more: object = {}) => ({
  prizes: wheel.current.prizes.map((prize) =>
    prize.prize_id === prizeId ? { ...prize, probability: 1, ...patch } : { ...prize, probability: 0 },
  ),
  ...more,
})
const versionsDrawn = async () =>
  (
    await service.database.query<{ v: number }>('SELECT wheel_version AS v FROM lottery_records ORDER BY record_id')
  ).map(({ v }) => v)

/** The start of the next business day, by the database's clock. */
async function nextDay(): Promise<string> {
  const [row] = await service.database.query<{ at: Date }>('SELECT UTC_TIMESTAMP(3) AS at')
  const { calendar } = service.services
  return calendar.startOf(calendar.plusDays(calendar.dayOf(row?.at as Date), 1)).toISOString()
}

const editOn = (till: Till, body: unknown) =>
  withWheelInForce(till, service.services.rules.wheel.limits, () =>
    till.run(replaceWheel as never, {
      wheel: wheelBody.parse(body),
      actor: actorOf(manager),
      rules: service.services.rules.wheel,
      nextDayAfter: (at: Date) =>
        service.services.calendar.startOf(service.services.calendar.plusDays(service.services.calendar.dayOf(at), 1)),
    }),
  )

describe('a wheel that was drawn from', () => {
  test('a change is announced to everyone, and leaves today’s wheel as it is', async () => {
    const saved = await put({ ...only(defaultPrize.points), cost_points: 80 })
    const effective_from = await nextDay()
    expect(saved).toMatchObject({ code: 0, data: { version: 2, cost_points: 80, effective_from } })
    expect(saved.data.current).toEqual(wheel.current)
    expect(saved.data.next).toMatchObject({ version: 2, cost_points: 80, effective_from })
    expect(await state()).toMatchObject({ ...wheel.current, current: wheel.current, next: saved.data.next })
    const shown = await config()
    expect(shown).toMatchObject({ cost_points: 100, next_change: { version: 2, effective_from, cost_points: 80 } })
    expect(shown.next_change.changed_by).toBe('manager')
    expect(shown.next_change.prizes.map(({ probability }: { probability: number }) => probability)).toEqual([
      ...[0, 1, 0, 0, 0, 0, 0, 0],
    ])
    expect((await spin()).data.total_cost).toBe(100)
    const audit = await get('/api/merchant/audit?action=wheel.replace')
    expect(audit.records).toMatchObject([
      { before: { version: 1, cost_points: 100 }, after: { version: 2, cost_points: 80 }, details: { effective_from } },
    ])
  })

  test.each([
    ['a prize of ten thousand', { prize_value: 10_000 }, {}],
    ['the guaranteed prize', { prize_value: 10_000 }, { pity_prize_id: defaultPrize.points }],
  ])(
    '%s at certainty, drawn and set back at once, gives nobody anything, and leaves its traces',
    async (_, big, more) => {
      const before = await config()
      expect((await put(only(defaultPrize.points, big, more))).code).toBe(0)
      const { data } = await spin('decade')
      expect(data.results.every(({ points_awarded }: { points_awarded: number }) => points_awarded <= 100)).toBe(true)
      expect((await put({ ...wheel.current })).code).toBe(0)
      expect(await versionsDrawn()).toEqual(Array(11).fill(1))
      expect((await config()).prizes).toEqual(before.prizes)
      expect((await get('/api/merchant/lottery/stats')).total_draws).toBe(11)
      expect((await get('/api/merchant/audit?action=wheel.replace')).records).toHaveLength(2)
    },
  )

  test('a prize of a million and a draw for nothing are refused with 6010; what stands stays valid', async () => {
    for (const prize_value of [10_001, 1_000_000, 1e9, -1, Number.NaN, '5', 0.5])
      expect((await put(only(defaultPrize.points, { prize_value }))).code, String(prize_value)).toBe(6010)
    expect((await put({ ...only(defaultPrize.points), cost_points: 0 })).code).toBe(6010)
    await service.database.query(
      `UPDATE lottery_prizes SET cost_points = 0, prize_value = IF(prize_id = ?, 50000, prize_value)`,
      [defaultPrize.points],
    )
    wheel = await state()
    expect((await put(only(defaultPrize.points))).data).toMatchObject({ cost_points: 0 })
    expect((await put(only(defaultPrize.points, { prize_value: 50_001 }))).code).toBe(6010)
  })

  test('a second change replaces the first, and a withdrawal leaves the wheel as it is', async () => {
    await put(only(defaultPrize.points))
    const { data } = await put(only(defaultPrize.coupon))
    expect(data.next.version).toBe(3)
    expect((await config()).next_change.version).toBe(3)
    const withdrawn = await withdraw()
    expect(withdrawn.data).toMatchObject({ version: 1, next: null })
    expect((await config()).next_change).toBeNull()
    expect((await withdraw()).data.next).toBeNull()
    const audit = await get('/api/merchant/audit?action=wheel.withdraw')
    expect(audit.records).toMatchObject([{ before: { version: 3 }, after: null }])
    expect((await put(only(defaultPrize.points))).data.version).toBe(4)
  })

  test('one key announces a change once, at any number of copies', async () => {
    const told = await parallelCopies(() => put(only(defaultPrize.points), 'k'))
    expect(told.version).toBe(2)
    await withdraw()
    expect((await put(only(defaultPrize.points), 'k')).data).toEqual(told)
    expect((await state()).next).toBeNull()
    expect((await put(only(defaultPrize.coupon), 'k')).code).toBe(9008)
  })

  test('the database’s clock says which day is next, whatever the clocks of the replicas say', async () => {
    const effective_from = await nextDay()
    for (const by_ms of [-3 * day_ms, 3 * day_ms]) {
      service.clock.shift(by_ms)
      const { answer } = (await editOn(service.services.till as never, only(defaultPrize.points))) as never as {
        answer: { effective_from: string }
      }
      expect(answer.effective_from).toBe(effective_from)
      service.clock.shift(-by_ms)
    }
    expect((await config()).next_change.effective_from).toBe(effective_from)
  })
})

describe('the moment at which a change is due', () => {
  test('the first draw after it turns the new wheel, though no job has run', async () => {
    await put({ ...only(defaultPrize.points), cost_points: 7 })
    await bringForward(service)
    const { data } = await spin('triple')
    expect(data).toMatchObject({ total_cost: 21, points_awarded: 150 })
    expect(await versionsDrawn()).toEqual([1, 2, 2, 2])
    expect(await state()).toMatchObject({ version: 2, next: null })
  })

  test.each(['/api/lottery/config', '/api/merchant/prizes'])(
    'whoever reads %s then sees the new wheel',
    async (path) => {
      await put({ ...only(defaultPrize.points), cost_points: 7 })
      await bringForward(service)
      service.services.caches.wheel.invalidate()
      expect(await get(path)).toMatchObject({ cost_points: 7 })
      expect((await config()).next_change).toBeNull()
    },
  )

  test('a change, a withdrawal and a movement of stock meet the new wheel, and never undo it', async () => {
    for (const act of [
      () => put(only(defaultPrize.coupon)),
      withdraw,
      () =>
        service.client.post(`/api/merchant/prizes/${defaultPrize.dish}/stock`, {
          token: manager.token,
          body: { change: 5 },
        }),
    ]) {
      await put(only(defaultPrize.points))
      const { version } = (await state()).next as { version: number }
      await bringForward(service)
      expect((await act()).code).toBe(0)
      expect((await state()).version).toBe(version)
    }
  })

  test('the job brings it in once, at any number of runs', async () => {
    await put(only(defaultPrize.points))
    const run = () => runJob(service, 'change-wheel')
    expect(await run()).toEqual({ outcome: 'done', rows: 0 })
    await bringForward(service)
    const { limits } = service.services.rules.wheel
    const runs = await withReplica(service, ({ till }) =>
      Promise.all([
        run().then((done) => ('rows' in done ? done.rows : 0)),
        ...Array.from({ length: 5 }, () => till.run(changeWheel, limits).then(({ answer }) => Number(answer.changed))),
      ]),
    )
    expect(runs.reduce((sum, rows) => sum + rows, 0)).toBe(1)
    expect(await service.database.query('SELECT version FROM wheel_versions ORDER BY version')).toEqual([
      { version: 1 },
      { version: 2 },
    ])
    expect(await run()).toEqual({ outcome: 'done', rows: 0 })
  })

  test('with draws and edits on two replicas at that moment, all turns before it are of the old wheel, and all after it of the new one', async () => {
    const people = await Promise.all(Array.from({ length: 4 }, () => signIn(service)))
    for (const person of people) await givePoints(service, person, 100_000)
    const announcedWheel = { ...only(defaultPrize.points), cost_points: 9 }
    expect((await put(announcedWheel)).code).toBe(0)
    await bringForward(service, 400)
    const [row] = await service.database.query<{ next_from: Date }>('SELECT next_from FROM lottery_wheel')
    const until = performance.now() + 1_000
    await withReplica(service, async ({ till }) => {
      const drawing = people.map(async (person) => {
        while (performance.now() < until) expect((await spin('single', person)).code).toBe(0)
      })
      const editing = [service.services.till, till].map(async (each) => {
        await Bun.sleep(350)
        while (performance.now() < until) await editOn(each as never, only(defaultPrize.coupon, {}, { cost_points: 8 }))
      })
      await Promise.all([...drawing, ...editing])
    })
    const drawn = await versionsDrawn()
    const versions = [...new Set(drawn)]
    expect(versions.length).toBeLessThanOrEqual(2)
    expect(drawn).toEqual(drawn.toSorted((a, b) => a - b))
    expect(
      await service.database.query(
        `SELECT r.record_id FROM lottery_records r JOIN wheel_versions v ON v.version = r.wheel_version
          WHERE r.points_cost <> v.cost_points`,
      ),
    ).toEqual([])
    const stood = await service.database.query<{ effective_from: Date }>(
      'SELECT effective_from FROM wheel_versions WHERE version = 2',
    )
    for (const { effective_from } of stood) expect(effective_from).toEqual(row?.next_from as Date)
  })
})

describe('every version', () => {
  test('the list of wheels tells everyone what stood when, and who changed it by their role alone', async () => {
    const owner = await signInStaff(service, 'owner')
    await put({ ...only(defaultPrize.points), cost_points: 7 })
    await bringForward(service)
    await spin()
    const body = only(defaultPrize.coupon)
    await service.client.put('/api/merchant/prizes', { token: owner.token, body })
    const list = await get('/api/lottery/wheels', diner)
    expect(list.wheels).toMatchObject([
      { version: 2, changed_by: 'manager', cost_points: 7, daily_limit: 0, pity_limit: 10, near_miss_width: 0.02 },
      { version: 1, changed_by: 'system', cost_points: 100, pity_prize_id: 3 },
    ])
    expect(list.wheels[1].prizes).toHaveLength(8)
    expect(list.wheels[0].prizes[1]).toMatchObject({ prize_id: defaultPrize.points, probability: 1 })
    expect(list.next_change).toMatchObject({ version: 3, changed_by: 'owner' })
    expect(JSON.stringify(list)).not.toContain('made_by')
    const second = await get('/api/lottery/wheels?page=2&limit=1', diner)
    expect([second.wheels[0].version, second.pagination]).toEqual([1, { page: 2, limit: 1, total: 2, total_pages: 2 }])
    expect((await service.client.get('/api/lottery/wheels?limit=0', { token: diner.token })).code).toBe(9000)
    expect((await service.client.get('/api/lottery/wheels')).code).toBe(2001)
  })

  test('the statistics show the draws of each version with the odds that were in force', async () => {
    await put({ ...only(defaultPrize.points), cost_points: 7 })
    await bringForward(service)
    await spin('triple')
    await put({ ...wheel.current })
    await bringForward(service)
    await spin()
    for (const now_ms of [0, 120_000]) {
      service.clock.advance(now_ms)
      const stats = await get('/api/merchant/lottery/stats')
      expect(stats).toMatchObject({ version: 3, total_draws: 5, total_cost: 100 + 21 + 100 })
      expect(stats.versions.map(({ version, total_draws }: Record<string, number>) => [version, total_draws])).toEqual([
        [3, 1],
        [2, 3],
        [1, 1],
      ])
      expect(stats.versions[1].prizes[1]).toMatchObject({ declared: 1, observed: 1, points_awarded: 150 })
    }
    const page = await get('/api/merchant/lottery/stats?page=2&limit=2')
    expect(page.versions.map(({ version }: { version: number }) => version)).toEqual([1])
    expect(page.total_draws).toBe(5)
  })
})
