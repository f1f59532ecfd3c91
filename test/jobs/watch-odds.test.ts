import { afterAll, afterEach, beforeEach, expect, test } from 'bun:test'
import { defaultPrizes } from '../../drizzle/seed.ts'
import { startAlertDesk } from '../support/alert-desk.ts'
import { runJob } from '../support/jobs.ts'
import { type Person, signIn, signInMerchant } from '../support/people.ts'
import { defaultPrize } from '../support/prizes.ts'
import { useService } from '../support/service.ts'
import { until } from '../support/sockets.ts'

const desk = startAlertDesk()
const service = useService({ ALERT_WEBHOOK: desk.url })
let manager: Person

beforeEach(async () => {
  manager = await signInMerchant(service)
})
afterEach(() => {
  desk.told.length = 0
})
afterAll(desk.stop)

const run = () => runJob(service, 'watch-odds')
const stats = async () => (await service.client.get('/api/merchant/lottery/stats', { token: manager.token })).data
/** As many rolls as there are, spread over the whole wheel. */
const evenly = (count: number) => Array.from({ length: count }, (_, at) => Math.floor((at * 10_000) / count))
const prizeOfRoll = defaultPrizes.flatMap(({ prize_id, probability }) => Array<number>(probability).fill(prize_id))
const landing = (roll: number) => prizeOfRoll[roll] ?? 0
let draws = 0
/** Somebody's turns, as their rolls decide them. `prizeOf` says what was written down of a roll. */
async function drew({ userId }: Person, rolls: readonly number[], prizeOf = landing, version = 1): Promise<void> {
  const columns = [
    ...['draw_id', 'draw_sequence', 'user_id', 'prize_id', 'prize_name', 'prize_type', 'prize_value', 'draw_type'],
    ...[
      'points_cost',
      'points_awarded',
      'is_near_miss',
      'is_pity',
      'roll',
      'wheel_version',
      'created_at',
      'took_stock',
    ],
  ]
  const rows = rolls.map((roll) => [
    ...[`DR_${draws++}`, 1, userId, prizeOf(roll), '奖品', 'empty', 0, 'single'],
    ...[0, 0, false, false, roll, version, service.clock.now(), false],
  ])
  await service.database.query(`INSERT INTO lottery_records (${columns.join(', ')}) VALUES ?`, [rows])
}

test('draws that follow the odds alert nobody, and their p-value is in the statistics', async () => {
  for (let diners = 0; diners < 5; diners += 1) await drew(await signIn(service), evenly(400))
  expect(await run()).toEqual({ outcome: 'done', rows: 0 })
  const { versions, standing_out } = await stats()
  expect([versions[0].p_value > 0.99, standing_out]).toEqual([true, []])
  expect(desk.told).toEqual([])
})

test('one diner who wins what the odds give to hardly anyone is named, and nobody else', async () => {
  for (let diners = 0; diners < 20; diners += 1) await drew(await signIn(service), evenly(400))
  const lucky = await signIn(service)
  await drew(lucky, [...evenly(100), ...Array.from({ length: 30 }, () => 8_400)])
  expect(await run()).toEqual({ outcome: 'done', rows: 1 })
  await until(() => desk.told.length > 0)
  expect(desk.told[0]?.body).toMatchObject({ event: 'odds_off', count: 1 })
  expect(desk.told[0]?.body.details[0]).toStartWith(`顾客 ${lucky.userId} 的 130 次抽奖与公布的概率相差过大`)
  const [out] = (await stats()).standing_out
  expect(out).toMatchObject({ user_id: lucky.userId, draws: 130 })
  expect(out.p_value).toBeLessThan(1e-6)
})

test('a version whose draws don’t follow its odds is named, and a run that finds nobody forgets who stood out', async () => {
  const diner = await signIn(service)
  await drew(diner, [...evenly(1_000), ...Array.from({ length: 200 }, () => 9_000)])
  expect(await run()).toEqual({ outcome: 'done', rows: 2 })
  expect((await stats()).versions[0].p_value).toBeLessThan(1e-6)
  await service.database.query('UPDATE lottery_records SET is_pity = 1 WHERE roll = 9000')
  service.services.caches.pastWheels.clear()
  service.clock.advance(1_000)
  expect(await run()).toEqual({ outcome: 'done', rows: 0 })
  const { versions, standing_out } = await stats()
  expect([versions[0].p_value > 0.99, versions[0].pity_draws, standing_out]).toEqual([true, 201, []])
})

test('a prize that has run out is no deviation, as its rolls are counted with those of the empty prize', async () => {
  const soldOut = (roll: number) => (landing(roll) === defaultPrize.dish ? defaultPrize.nothing : landing(roll))
  await drew(await signIn(service), evenly(5_000), soldOut)
  expect((await stats()).versions[0].p_value).toBeLessThan(1e-6)
  await service.client.post(`/api/merchant/prizes/${defaultPrize.dish}/stock`, {
    token: manager.token,
    body: { change: 5 },
  })
  expect((await stats()).versions[0].p_value).toBeGreaterThan(0.99)
  expect(await run()).toEqual({ outcome: 'done', rows: 0 })
})

test('a few draws prove nothing, whatever came out, and a version that nobody wrote down has no p-value', async () => {
  const diner = await signIn(service)
  await drew(diner, [8_300, 8_300, 8_300])
  expect(await run()).toEqual({ outcome: 'done', rows: 0 })
  expect((await stats()).versions[0].p_value).toBeNull()
  await service.database.query('DELETE FROM wheel_version_prizes')
  await service.database.query('DELETE FROM wheel_versions')
  await drew(diner, evenly(500))
  expect(await run()).toEqual({ outcome: 'done', rows: 0 })
  expect((await stats()).versions[0].p_value).toBeNull()
})

test('two runs at once find the same once', async () => {
  await drew(await signIn(service), [...evenly(100), ...Array.from({ length: 40 }, () => 8_400)])
  const outcomes = (await Promise.all([run(), run()])).map(({ outcome }) => outcome)
  expect(outcomes.sort()).toEqual(['busy', 'done'])
  expect((await stats()).standing_out).toHaveLength(1)
})
