import { beforeEach, describe, expect, test } from 'bun:test'
import type { Alert } from '../../src/alerts/alert.ts'
import { createClockGuard } from '../../src/jobs/clock-guard.ts'
import { takeLease } from '../../src/jobs/lease.ts'
import { jobRuns } from '../../src/jobs/runs.ts'
import { leasesTable } from '../../src/jobs/schema.ts'
import { jobNamed, runJob } from '../support/jobs.ts'
import { useService } from '../support/service.ts'

const service = useService()
const day_ms = 86_400_000

const run = (name: string) => runJob(service, name)

describe('a clock that was ahead', () => {
  const tomorrow = () => new Date(Date.now() + day_ms)

  test('a lease that a clock ahead left in the future holds nobody up', async () => {
    await run('purge')
    await service.database.orm.update(leasesTable).set({ owner: 'ahead', until: tomorrow() })
    expect(await run('purge')).toEqual({ outcome: 'done', rows: 0 })
  })

  test('a lease that a clock two minutes ahead has renewed is honoured', async () => {
    const lease = await takeLease(service.services, 'thing', 'mine')
    const until = new Date(Date.now() + 115_000)
    await service.database.orm.update(leasesTable).set({ until })
    expect(await takeLease(service.services, 'thing', 'other')).toBeUndefined()
    await lease?.release()
  })

  test('runs that a clock ahead left in the future are counted, and make no job late', async () => {
    const job = jobNamed(service, 'purge')
    await run('purge')
    const { due } = await service.services.jobs.standing(job)
    await service.database.query('UPDATE job_runs SET started_at = ?, ended_at = ?', [tomorrow(), tomorrow()])
    expect(await service.services.jobs.runsAhead()).toBe(1)
    expect(await service.services.jobs.standing(job)).toEqual({ last: undefined, due: new Date(0) })
    await run('purge')
    const again = (await service.services.jobs.standing(job)).due
    expect(Math.abs((again?.getTime() ?? 0) - (due?.getTime() ?? 0))).toBeLessThanOrEqual(3_600_000)
  })
})

describe('the clock guard', () => {
  let [set_ms, passed_ms] = [0, 0]
  let told: Alert[] = []
  const guardOf = () =>
    createClockGuard({
      database: service.database,
      runs: jobRuns(service.database, service.clock.now),
      alerts: { raise: (alert) => told.push(alert) },
      now: () => new Date(Date.now() + set_ms + passed_ms),
      elapsed_ms: () => performance.now() + passed_ms,
    })
  beforeEach(() => {
    ;[set_ms, passed_ms, told] = [0, 0, []]
  })

  test('a clock that jumped ahead is not trusted, with one alert, until it is right again', async () => {
    const guard = guardOf()
    expect(await guard.isTrusted()).toBe(true)
    set_ms = day_ms
    expect([await guard.isTrusted(), await guard.isTrusted()]).toEqual([false, false])
    expect(told).toEqual([{ event: 'clock_wrong', why: 'jumped', by_s: 86_400 }])
    set_ms = 0
    expect(await guard.isTrusted()).toBe(true)
    set_ms = -day_ms
    expect(await guard.isTrusted()).toBe(true)
  })

  test('a clock that is ahead of the database’s is never trusted, however long that lasts', async () => {
    set_ms = day_ms
    const guard = guardOf()
    expect(await guard.isTrusted()).toBe(false)
    passed_ms += day_ms
    expect(await guard.isTrusted()).toBe(false)
    expect(told).toEqual([{ event: 'clock_wrong', why: 'apart', by_s: 86_400 }])
  })

  test('a jump is believed after ten minutes if the database’s clock agrees', async () => {
    set_ms = -day_ms
    const guard = guardOf()
    set_ms = -10 * 60_000
    expect(await guard.isTrusted()).toBe(false)
    passed_ms = 9 * 60_000
    expect(await guard.isTrusted()).toBe(false)
    passed_ms = 10 * 60_000
    expect(await guard.isTrusted()).toBe(true)
  })

  test('runs in the future raise one alert and let jobs run', async () => {
    await run('purge')
    await service.database.query('UPDATE job_runs SET started_at = ?', [new Date(Date.now() + day_ms)])
    const guard = guardOf()
    expect([await guard.isTrusted(), await guard.isTrusted()]).toEqual([true, true])
    expect(told).toEqual([{ event: 'clock_wrong', why: 'future_runs', by_s: 0 }])
  })
})
