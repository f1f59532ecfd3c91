import { beforeEach, expect, test } from 'bun:test'
import { keepWheel } from '../../src/composition/seed.ts'
import { recordWheel } from '../../src/lottery/record-wheel.ts'
import { findMismatches } from '../../src/reconcile/checks.ts'
import { givePoints, type Person, signIn, signInMerchant } from '../support/people.ts'
import { bringForward, defaultPrize, makeCertain } from '../support/prizes.ts'
import { useService } from '../support/service.ts'

const service = useService()
let manager: Person
let diner: Person

beforeEach(async () => {
  manager = await signInMerchant(service)
  diner = await signIn(service)
  await givePoints(service, diner, 10_000)
})

const sql = (statement: string) => service.database.query(statement)
const spin = (draw_type = 'single') =>
  service.client.post('/api/lottery/draw', { token: diner.token, body: { draw_type } })
const get = async (path: string, { token } = diner) => (await service.client.get(path, { token })).data

/** What a program that knows no versions leaves: its own columns alone. */
async function beforeTheUpgrade() {
  await sql('DELETE FROM wheel_version_prizes')
  await sql('DELETE FROM wheel_versions')
  await sql('DELETE FROM prize_movements')
  await sql('UPDATE lottery_records SET took_stock = NULL')
}

/** A program of an earlier version replaces the wheel. */
async function replacedByOlderProgram(cost: number) {
  await sql(`UPDATE lottery_prizes SET cost_points = ${cost}, updated_at = UTC_TIMESTAMP(3)`)
  await sql('UPDATE lottery_wheel SET version = version + 1, updated_at = UTC_TIMESTAMP(3)')
}

/** A program of an earlier version draws one of a limited prize. */
async function drawnByOlderProgram(prizeId: number) {
  await makeCertain(service, prizeId)
  await spin()
  await sql('UPDATE lottery_records SET took_stock = NULL ORDER BY record_id DESC LIMIT 1')
}

test('the upgrade writes the standing wheel down under its number, with its draws, and changes nothing for anyone', async () => {
  await replacedByOlderProgram(50)
  await spin('triple')
  await sql(`UPDATE lottery_prizes SET stock_remaining = 4 WHERE prize_id = ${defaultPrize.dish}`)
  const before = await get('/api/lottery/config')
  await beforeTheUpgrade()
  expect(await findMismatches(service.database)).toEqual([])
  for (let starts = 0; starts < 2; starts += 1) await keepWheel(service.services)
  expect(await get('/api/lottery/config')).toEqual(before)
  const { wheels } = await get('/api/lottery/wheels')
  expect(wheels).toMatchObject([{ version: 2, changed_by: null, cost_points: 50, daily_limit: 0 }])
  const stats = await get('/api/merchant/lottery/stats', manager)
  expect(stats).toMatchObject({ version: 2, total_draws: 3, versions: [{ version: 2, total_draws: 3 }] })
  await drawnByOlderProgram(defaultPrize.dish)
  await drawnByOlderProgram(defaultPrize.dish)
  expect(await sql('SELECT stock_remaining FROM lottery_prizes WHERE prize_id = 5')).toEqual([{ stock_remaining: 2 }])
})

test('draws of versions that nobody wrote down are counted, without odds', async () => {
  await spin('triple')
  await replacedByOlderProgram(50)
  await spin()
  await beforeTheUpgrade()
  await keepWheel(service.services)
  const { versions, total_draws } = await get('/api/merchant/lottery/stats', manager)
  expect(total_draws).toBe(4)
  expect(versions).toMatchObject([
    { version: 2, total_draws: 1 },
    { version: 1, total_draws: 3, effective_from: null, changed_by: null },
  ])
  expect(versions[1].prizes.every(({ declared }: { declared: unknown }) => declared === null)).toBe(true)
})

test('after a rollback and another upgrade, the older program’s wheel stands, and what was announced before is void', async () => {
  await spin()
  const body = { prizes: (await get('/api/merchant/prizes', manager)).prizes, cost_points: 7 }
  await service.client.put('/api/merchant/prizes', { token: manager.token, body })
  const stock = { change: 50 }
  await service.client.post('/api/merchant/prizes/5/stock', { token: manager.token, body: stock })
  await replacedByOlderProgram(60)
  await sql(`UPDATE lottery_prizes SET stock_remaining = 20 WHERE prize_id IN (5, 7)`)
  service.services.caches.wheel.invalidate()
  expect(await get('/api/lottery/config')).toMatchObject({ cost_points: 60, next_change: null })
  await bringForward(service)
  expect((await spin()).data.total_cost).toBe(60)
  await keepWheel(service.services)
  expect((await get('/api/lottery/wheels')).wheels).toMatchObject([
    { version: 2, cost_points: 60, changed_by: null },
    { version: 1, cost_points: 100, changed_by: 'system' },
  ])
  const { data } = await service.client.put('/api/merchant/prizes', { token: manager.token, body })
  expect(data.version).toBe(3)
  await sql('UPDATE lottery_prizes SET stock_remaining = stock_remaining + 9 WHERE prize_id = 5')
  await keepWheel(service.services)
  expect(await findMismatches(service.database)).toMatchObject([{ id: '5', repairs: 'prize_stock' }])
  await sql('UPDATE lottery_prizes SET stock_remaining = stock_remaining - 9 WHERE prize_id = 5')
})

test('a limit that a setting changes is a new version, and what is announced comes after it', async () => {
  await spin()
  const body = { prizes: (await get('/api/merchant/prizes', manager)).prizes, cost_points: 7 }
  const { effective_from } = (await service.client.put('/api/merchant/prizes', { token: manager.token, body })).data
  const { till } = service.services
  await Promise.all(Array.from({ length: 4 }, () => till.run(recordWheel, { dailyLimit: 20, pityLimit: 10 })))
  service.services.caches.wheel.invalidate()
  const { wheels, next_change } = await get('/api/lottery/wheels')
  expect(wheels).toMatchObject([
    { version: 3, changed_by: 'system', daily_limit: 20, cost_points: 100 },
    { version: 1, daily_limit: 0 },
  ])
  expect(next_change).toMatchObject({ version: 4, effective_from, cost_points: 7 })
  await bringForward(service)
  expect((await spin()).data.total_cost).toBe(7)
})

test('a program with another width of near misses makes a new version as well', async () => {
  await sql('UPDATE wheel_versions SET near_miss_width = 100')
  for (let starts = 0; starts < 2; starts += 1) await keepWheel(service.services)
  expect((await get('/api/lottery/wheels')).wheels).toMatchObject([
    { version: 2, near_miss_width: 0.02 },
    { version: 1, near_miss_width: 0.01 },
  ])
})
