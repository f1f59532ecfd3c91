import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { migrations } from '../../../src/db/migrations.ts'
import { version } from '../../../src/lib/version.ts'
import { type RunningServer, startServer } from '../../../src/server.ts'
import { type Client, createClient } from '../../support/client.ts'
import { whileLocked } from '../../support/locked.ts'
import { type Person, signIn, signInStaff } from '../../support/people.ts'
import { waitingReceipt } from '../../support/receipts.ts'
import { testConfig, useService } from '../../support/service.ts'
import { until } from '../../support/sockets.ts'

const service = useService({ REVIEW_TTL_DAYS: '7' })
const day_ms = 86_400_000
let other: RunningServer
let otherClient: Client
let owner: Person

beforeAll(async () => {
  other = await startServer(testConfig(service.databaseUrl), () => {})
  otherClient = await createClient(other.url)
})
beforeEach(async () => {
  owner = await signInStaff(service, 'owner')
})
afterAll(() => other.stop())

const run = (name: string, options: { client?: Client; idempotencyKey?: string } = {}) => {
  const { client = service.client, idempotencyKey } = options
  const path = `/api/merchant/jobs/${name}/run`
  return client.post(path, { token: owner.token, body: {}, ...(idempotencyKey ? { idempotencyKey } : {}) })
}
const system = async (by = owner) => (await service.client.get('/api/merchant/system', { token: by.token })).data
const jobNamed = async (name: string) =>
  (await system()).jobs.find((job: { name: string }) => job.name === name) as {
    due: string | null
    is_running: boolean
    runs: { ended_at: string | null; rows: number; error: string | null; instance: string }[]
  }
const deeds = () =>
  service.database.query<{ actor_id: number; target: string }>(
    "SELECT actor_id, target FROM audit_log WHERE action = 'job.run'",
  )
const staleReceipt = async () => {
  const { userId } = await signIn(service)
  return waitingReceipt(service.database, userId, new Date(service.clock.now().getTime() - 7 * day_ms - 1))
}

test('an auditor sees health, versions, queues and every job, and runs none', async () => {
  const auditor = await signInStaff(service, 'auditor')
  const seen = await system(auditor)
  expect(seen.health).toMatchObject({ status: 'healthy', version, checks: { database: 'ok', storage: 'ok' } })
  expect(seen.versions).toMatchObject({
    program: version,
    runtime: `Bun ${Bun.version}`,
    schema: migrations.at(-1)?.name,
    database: expect.stringMatching(/^\d+\.\d+/),
  })
  expect(seen.queues).toMatchObject({ till: { waiting: 0 }, reader: { waiting: 0 }, connections: { most: 10 } })
  const names = service.services.jobs.all.map(({ name }) => name)
  expect(seen.jobs.map(({ name }: { name: string }) => name)).toEqual(names)
  const answer = await service.client.post('/api/merchant/jobs/purge/run', { token: auditor.token, body: {} })
  expect([answer.code, answer.data.required]).toEqual([2007, 'jobs'])
  expect(await deeds()).toEqual([])
})

test('a job that is run by hand is in its list and in the audit log, with who ran it', async () => {
  await staleReceipt()
  expect((await jobNamed('expire-reviews')).runs).toEqual([])
  const { data } = await run('expire-reviews')
  expect(data).toEqual({ name: 'expire-reviews', outcome: 'done', rows: 1, error: null })
  const { runs, is_running, due } = await jobNamed('expire-reviews')
  expect(runs).toMatchObject([{ rows: 1, error: null }])
  expect([is_running, Date.parse(due ?? '') > Date.now()]).toEqual([false, true])
  expect(await deeds()).toEqual([{ actor_id: owner.userId, target: 'job:expire-reviews' }])
})

test('a job that fails says so, and the alert of it is among those of the day', async () => {
  await service.database.query('RENAME TABLE odds_outliers TO odds_outliers_away')
  const { data } = await run('watch-odds').finally(() =>
    service.database.query('RENAME TABLE odds_outliers_away TO odds_outliers'),
  )
  expect(data).toMatchObject({ outcome: 'failed', error: expect.stringContaining('ER_NO_SUCH_TABLE') })
  await until(async () => (await system()).alerts.length > 0)
  expect((await system()).alerts).toMatchObject([
    { event: 'job_failed', title: '定时任务失败', count: 1, details: [expect.stringMatching(/^watch-odds：/)] },
  ])
  service.clock.shift(day_ms)
  expect((await system(await signInStaff(service, 'owner'))).alerts).toEqual([])
})

test('a request that is sent again runs the job once', async () => {
  const first = await run('purge', { idempotencyKey: 'once' })
  const again = await run('purge', { idempotencyKey: 'once' })
  expect([first.data.outcome, again.data.outcome]).toEqual(['done', 'asked'])
  expect((await jobNamed('purge')).runs).toHaveLength(1)
  expect(await deeds()).toHaveLength(1)
})

test('two people who run a job at once, on two replicas, run it once', async () => {
  const uploadId = await staleReceipt()
  await whileLocked(service, uploadId, async (release) => {
    const asked = [run('expire-reviews'), run('expire-reviews', { client: otherClient })]
    expect((await Promise.race(asked)).data.outcome).toBe('busy')
    expect((await jobNamed('expire-reviews')).is_running).toBe(true)
    await release()
    const outcomes = (await Promise.all(asked)).map(({ data }) => data.outcome)
    expect(outcomes.toSorted()).toEqual(['busy', 'done'])
  })
  expect((await jobNamed('expire-reviews')).runs).toMatchObject([{ rows: 1, error: null }])
  expect(await deeds()).toHaveLength(2)
})

test('who runs a long job is not kept waiting, and finds it in the list while it runs', async () => {
  const uploadId = await staleReceipt()
  await whileLocked(service, uploadId, async () => {
    expect((await run('expire-reviews')).data).toMatchObject({ outcome: 'running', rows: null })
    const { is_running, runs } = await jobNamed('expire-reviews')
    expect([is_running, runs[0]?.ended_at]).toEqual([true, null])
  })
  await until(async () => !(await jobNamed('expire-reviews')).is_running)
  expect((await jobNamed('expire-reviews')).runs[0]?.ended_at).not.toBeNull()
}, 30_000)

test('a job that there is none of is refused, and nothing is written down', async () => {
  for (const name of ['nothing', 'constructor', '%00']) expect((await run(name)).code).toBe(9000)
  expect(await deeds()).toEqual([])
})

test('a role that was taken away runs nothing any more', async () => {
  await signInStaff(service, 'owner')
  const token = { token: owner.token }
  expect((await service.client.delete(`/api/merchant/staff/${owner.userId}`, token)).code).toBe(0)
  expect((await run('purge')).code).toBe(2005)
  expect(await deeds()).toEqual([])
})
