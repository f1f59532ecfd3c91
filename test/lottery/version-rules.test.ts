import { beforeEach, expect, test } from 'bun:test'
import { recordWheel } from '../../src/lottery/record-wheel.ts'
import type { Receipt } from '../../src/verifier/documents.ts'
import { drawingAt, failedChecks, fairSettings } from '../support/drawing.ts'
import { givePoints, type Person, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'

const { settings } = fairSettings()
const service = useService(settings)
const { draw, seal, proofOf } = drawingAt(service, settings.LOG_KEY)
const sql = (statement: string) => service.database.query(statement)
let person: Person

beforeEach(async () => {
  person = await signIn(service)
  await givePoints(service, person, 100_000)
})

const spin = (draw_type = 'single') => draw(person, { draw_type })
const config = async () => (await service.client.get('/api/lottery/config', { token: person.token })).data
/** Another replica starts, with settings of its own. */
const startElsewhere = async (limits: { dailyLimit: number; pityLimit: number }) => {
  await service.services.till.run(recordWheel, limits)
  service.services.caches.wheel.invalidate()
}
/** The checks that fail of a draw's receipt, and of its proof. */
const failedOf = async (receipt: Receipt) => {
  await seal()
  return [...failedChecks([receipt]), ...failedChecks([await proofOf(person, receipt)])]
}

test('draws keep to the limits of the version in force, whatever the settings of their replica say', async () => {
  await spin()
  await startElsewhere({ dailyLimit: 8, pityLimit: 2 })
  expect(await config()).toMatchObject({ daily_limit: 8, draws_today: 1, user_pity: { pity_limit: 2 } })
  const { code, data } = await spin('quintuple')
  expect([code, data.user_pity.pity_limit]).toEqual([0, 2])
  const wonBy = data.results.map(({ prize_id }: { prize_id: number }) => prize_id)
  for (const at of [0, 2]) expect(wonBy.slice(at, at + 2)).toContain(3)
  expect(await failedOf(data.receipt)).toEqual([])
  expect(await spin('triple')).toMatchObject({ code: 3003, data: { limit: 8, used: 6 } })
})

test('draws that race a change of the limits are each proven by the version that they name', async () => {
  const racing = Array.from({ length: 12 }, () => spin('triple'))
  await Promise.all([...racing, startElsewhere({ dailyLimit: 0, pityLimit: 4 })])
  const receipts = (await Promise.all(racing)).map(({ data }) => data.receipt as Receipt)
  receipts.push((await spin()).data.receipt)
  for (const receipt of receipts) expect(await failedOf(receipt)).toEqual([])
  expect(receipts.at(-1)?.wheel_hash).toBe((await service.client.get('/api/fairness/wheels/2')).data.wheel_hash)
})

test('the width of near misses is the one that the version in force has written down', async () => {
  await sql('UPDATE wheel_versions SET near_miss_width = 10000')
  const { data } = await spin('decade')
  const rolled = data.results.filter(({ is_pity }: { is_pity: boolean }) => !is_pity)
  for (const { is_activity, is_near_miss } of rolled) expect(is_near_miss).toBe(!is_activity)
  expect(await failedOf(data.receipt)).toEqual([])
})

test('a version that nobody has written down is written down before anyone draws with it', async () => {
  await spin()
  await sql('UPDATE lottery_prizes SET cost_points = 50')
  await sql('UPDATE lottery_wheel SET version = version + 1, updated_at = UTC_TIMESTAMP(3)')
  const answers = await Promise.all(Array.from({ length: 5 }, () => spin()))
  for (const { code, data } of answers) expect([code, data.total_cost]).toEqual([0, 50])
  expect(await sql('SELECT version, cost_points, made_by FROM wheel_versions ORDER BY version')).toEqual([
    { version: 1, cost_points: 100, made_by: null },
    { version: 2, cost_points: 50, made_by: null },
  ])
  expect(await failedOf(answers[4]?.data.receipt)).toEqual([])
})

test('a wheel that is not the one that its version wrote down draws nothing, from the first draw on', async () => {
  await sql('UPDATE lottery_prizes SET probability = IF(prize_id = 8, 0.1600, IF(prize_id = 7, 0.0100, probability))')
  expect((await spin()).code).toBe(3001)
  await sql('UPDATE lottery_prizes SET probability = IF(prize_id = 8, 0.1500, IF(prize_id = 7, 0.0200, probability))')
  expect((await spin()).code).toBe(0)
})
