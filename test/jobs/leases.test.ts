import { describe, expect, test } from 'bun:test'
import { and, eq, sql } from 'drizzle-orm'
import { takeLease } from '../../src/jobs/lease.ts'
import { leasesTable } from '../../src/jobs/schema.ts'
import { useService } from '../support/service.ts'

const service = useService()

describe('a lease', () => {
  const take = (owner: string) => takeLease(service.services, 'thing', owner)

  test('only one of many gets the lease, and the next holder has a higher fence', async () => {
    const taken = await Promise.all(Array.from({ length: 12 }, (_, i) => take(`replica-${i}`)))
    const holders = taken.filter((lease) => lease !== undefined)
    expect(holders).toHaveLength(1)
    await holders[0]?.release()
    const next = await take('later')
    expect(next?.fence).toBe((holders[0]?.fence ?? 0) + 1)
    await next?.release()
  })

  test('a released lease stays free, even if a renewal was under way', async () => {
    const lease = await take('mine')
    await lease?.release()
    const renewal = service.database.orm
      .update(leasesTable)
      .set({ until: sql`UTC_TIMESTAMP(3) + INTERVAL 60 SECOND` })
      .where(and(eq(leasesTable.owner, 'mine'), eq(leasesTable.fence, lease?.fence ?? 0)))
    expect((await renewal)[0].affectedRows).toBe(0)
  })

  test('a lease passes on when it ends by the database’s clock, and its old holder can’t release it', async () => {
    const dead = await take('dead')
    expect(await take('heir')).toBeUndefined()
    await service.database.orm.update(leasesTable).set({ until: sql`UTC_TIMESTAMP(3) - INTERVAL 1 SECOND` })
    const heir = await take('heir')
    expect(heir?.fence).toBe((dead?.fence ?? 0) + 1)
    await dead?.release()
    expect(await take('third')).toBeUndefined()
    await heir?.release()
  })
})
