import { describe, expect, test } from 'bun:test'
import type { Alert } from '../../src/alerts/alert.ts'
import { takeLease } from '../../src/jobs/lease.ts'
import { createSealer } from '../../src/jobs/sealer.ts'
import { openCheckpoint } from '../../src/tlog/format/checkpoint.ts'
import { makeSignerKey, signerOf } from '../../src/tlog/format/notes.ts'
import { createLog } from '../../src/tlog/log.ts'
import { commitEntries, rootOfEntries } from '../support/entries.ts'
import { useService } from '../support/service.ts'

const key = makeSignerKey('points.example.com/log')
const signer = signerOf(key)
const service = useService({ LOG_KEY: key })
/** The log as a replica has it that has just started. */
const another = () => createLog({ ...service.services, signer })

describe('the sealer', () => {
  const allSealed = async () => {
    while (await another().isBehind()) await Bun.sleep(20)
  }

  test('one replica seals each second, and the next takes over when it stops', async () => {
    const [one, other] = [another(), another()].map((ofReplica) =>
      createSealer({ ...service.services, log: ofReplica }),
    )
    one?.start()
    other?.start()
    await commitEntries(service, 5)
    await allSealed()
    await one?.stop()
    await commitEntries(service, 5)
    await allSealed()
    await other?.stop()
    expect(openCheckpoint(await another().checkpoint(), signer)?.size).toBe((await rootOfEntries(service)).size)
  })

  test('a replica that stood still for too long to keep its lease takes it again', async () => {
    let stoodStill_ms = 0
    const elapsed_ms = () => performance.now() + stoodStill_ms
    const sealer = createSealer({ ...service.services, log: another(), elapsed_ms })
    sealer.start()
    await commitEntries(service, 5)
    await allSealed()
    stoodStill_ms = 55_000
    await commitEntries(service, 5)
    await allSealed()
    await sealer.stop()
    expect(await service.database.query("SELECT owner FROM leases WHERE name = 'seal-log'")).toEqual([{ owner: '' }])
  })

  test('a replica that only looks on tells it when nobody seals', async () => {
    const idle = await takeLease(service.services, 'seal-log', 'idle')
    const told: Alert[] = []
    let passed_ms = 0
    const sealer = createSealer({
      ...service.services,
      log: another(),
      alerts: { raise: (alert) => void told.push(alert) },
      elapsed_ms: () => performance.now() + passed_ms,
    })
    await commitEntries(service, 5)
    sealer.start()
    passed_ms = 61_000
    while (told.length === 0) await Bun.sleep(20)
    await idle?.release()
    await allSealed()
    await sealer.stop()
    expect(told).toEqual([{ event: 'log_stopped', why: 'late' }])
  })
})
