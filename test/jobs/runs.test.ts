import { afterAll, afterEach, describe, expect, test } from 'bun:test'
import { createRunner } from '../../src/jobs/runner.ts'
import { jobRuns } from '../../src/jobs/runs.ts'
import { startAlertDesk } from '../support/alert-desk.ts'
import { exchange } from '../support/exchange.ts'
import { jobNamed, runJob } from '../support/jobs.ts'
import { newProduct, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { until } from '../support/sockets.ts'

const desk = startAlertDesk()
const service = useService({ VOUCHER_TTL_DAYS: '30', ALERT_WEBHOOK: desk.url })
const day_ms = 86_400_000

afterEach(() => {
  desk.told.length = 0
})
afterAll(desk.stop)

const run = (name: string) => runJob(service, name)

describe('runs', () => {
  test('each run is recorded, and one that broke off is marked so', async () => {
    await service.database.query(`INSERT INTO job_runs (job, instance, started_at) VALUES ('purge', 'gone', ?)`, [
      new Date(service.clock.now().getTime() - 60_000),
    ])
    await run('purge')
    const runs = await service.database.query('SELECT job, instance, rows_done, error FROM job_runs ORDER BY run_id')
    expect(runs).toMatchObject([
      { job: 'purge', instance: 'gone', error: 'broken off' },
      { job: 'purge', rows_done: 0, error: null },
    ])
  })

  test('a job is due from its first tick after its last good run, and a missed tick is caught up with', async () => {
    const job = jobNamed(service, 'reconcile')
    expect((await service.services.jobs.standing(job)).due?.getTime()).toBe(0)
    await run('reconcile')
    const { due, last } = await service.services.jobs.standing(job)
    expect(last?.error).toBeNull()
    const wait_ms = (due?.getTime() ?? 0) - service.clock.now().getTime()
    expect(wait_ms).toBeGreaterThan(0)
    expect(wait_ms).toBeLessThanOrEqual(day_ms)
    expect(due?.toISOString()).toEndWith('T20:30:00.000Z')
  })

  test('a run that a stop cuts short leaves no record, does not fail, and its job is still due', async () => {
    await signIn(service)
    const { services, database, clock } = service
    const [stopping, reports] = [new AbortController(), [] as unknown[]]
    const attempt = createRunner({
      ...services,
      database,
      ...{ now: clock.now, elapsed_ms: clock.elapsed_ms },
      runs: jobRuns(database, clock.now),
      instance: 'stopping',
      report: (run) => reports.push(run),
      stop: stopping.signal,
    })
    const reconcile = jobNamed(service, 'reconcile')
    const step = (stop: AbortSignal) => {
      stopping.abort()
      return reconcile.step(stop)
    }
    expect(await attempt({ ...reconcile, step }, 'now')).toEqual({ outcome: 'stopped', rows: 0 })
    expect(await attempt(reconcile, 'now')).toEqual({ outcome: 'stopped', rows: 0 })
    expect(await services.jobs.standing(reconcile)).toEqual({ last: undefined, due: new Date(0) })
    expect([reports, desk.told]).toEqual([[], []])
    expect(await run('reconcile')).toEqual({ outcome: 'done', rows: 0 })
  })

  test('a row that can’t be settled holds up no other, and the run is recorded as failed', async () => {
    const [poor, rich] = [await signIn(service), await signIn(service)]
    const product = await newProduct(service, 5)
    await Promise.all([exchange(service, poor, product), exchange(service, rich, product)])
    const most = 2_147_483_647
    await service.database.query('UPDATE users SET total_points = ? WHERE user_id = ?', [most, rich.userId])
    service.clock.advance(30 * day_ms)
    const attempt = await run('expire-orders')
    expect(attempt).toEqual({ outcome: 'failed', rows: 1, error: '1 rows could not be settled' })
    expect(await run('expire-orders')).toMatchObject({ outcome: 'failed', rows: 0 })
    await until(() => desk.told.length > 0)
    expect(desk.told).toMatchObject([{ body: { event: 'job_failed', count: 1 } }])
    expect(await service.services.metrics.text()).toContain('job_runs_total{name="expire-orders",outcome="failed"} 2')
    await service.database.query('UPDATE users SET total_points = 990 WHERE user_id = ?', [rich.userId])
    expect(await run('expire-orders')).toEqual({ outcome: 'done', rows: 1 })
  })
})
