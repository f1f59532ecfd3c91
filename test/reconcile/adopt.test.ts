import { beforeEach, expect, test } from 'bun:test'
import { makeSeedChain } from '../../src/fairness/chain.ts'
import { day_ms } from '../../src/lib/calendar.ts'
import { adopt, findUnlogged } from '../../src/reconcile/adopt.ts'
import { beginLog } from '../../src/reconcile/begin-log.ts'
import { findLogMismatches } from '../../src/reconcile/log.ts'
import { makeSignerKey } from '../../src/tlog/format/notes.ts'
import { givePoints, newProduct, type Person, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'

const logKey = makeSignerKey('points.example.com/log')
const service = useService({ LOG_KEY: logKey, DRAW_SEED: makeSeedChain(Math.floor(Date.now() / day_ms) + 10) })
const sql = (statement: string, params: unknown[] = []) => service.database.query(statement, params)
const begin = async () => {
  await sql('UPDATE log_genesis SET noted_at = noted_at - INTERVAL 3 MINUTE')
  return beginLog(service.services)
}
const labels = async () => (await findUnlogged(service.database)).map(({ label }) => label).sort()

/** Two rows as a program of an earlier version writes them: without leaves, and without a salt. */
async function asOlderProgram({ userId }: Person, productId: number): Promise<void> {
  await sql(
    `INSERT INTO points_records (user_id, seq, points, type, source, related_id, description, balance_after, created_at)
     SELECT user_id, ledger_seq + 1, 7, 'earn', 'admin', 'ADJ_OLD', 'older', total_points + 7, UTC_TIMESTAMP(3)
       FROM users WHERE user_id = ?`,
    [userId],
  )
  await sql('UPDATE users SET ledger_seq = ledger_seq + 1, total_points = total_points + 7 WHERE user_id = ?', [userId])
  await sql(
    `INSERT INTO stock_movements (commodity_id, quantity_change, operation, related_id, created_at)
     VALUES (?, 1, 'restock', CONCAT('MV_OLD_', ?), UTC_TIMESTAMP(3))`,
    [productId, productId],
  )
  await sql('UPDATE products SET stock = stock + 1 WHERE commodity_id = ?', [productId])
}

let person: Person
let productId: number

beforeEach(async () => {
  person = await signIn(service)
  await givePoints(service, person, 500)
  productId = await newProduct(service, 5)
  await beginLog(service.services)
})

test('rows that an older program wrote are shown, and are in the log once an operator takes them in', async () => {
  await begin()
  expect(await labels()).toEqual([])
  await asOlderProgram(person, productId)
  await givePoints(service, person, 1)
  const unlogged = await findUnlogged(service.database)
  expect(await labels()).toEqual([`ledger ${person.userId}/3`, `stock ${productId} restock MV_OLD_${productId}`])
  await adopt(service.services.till, unlogged, { userId: null, systemUser: 'operator' })
  expect([await labels(), await findLogMismatches(service.database)]).toEqual([[], []])
  const [deed] = await service.database.query<{ details: object }>(
    "SELECT details FROM audit_log WHERE action = 'log.adopt' ORDER BY audit_id DESC LIMIT 1",
  )
  expect(deed?.details).toEqual({ rows: 2, labels: unlogged.map(({ label }) => label) })
})

test('a changed row beside one that has no leaf is not taken in', async () => {
  await begin()
  await givePoints(service, person, 1)
  await sql("UPDATE points_records SET description = 'another' WHERE user_id = ? AND seq = 3", [person.userId])
  await asOlderProgram(person, productId)
  expect(await labels()).toEqual([`ledger ${person.userId}/4`, `stock ${productId} restock MV_OLD_${productId}`])
})

test('a row that was changed after it was taken in is found out', async () => {
  await begin()
  await asOlderProgram(person, productId)
  await adopt(service.services.till, await findUnlogged(service.database), { userId: null, systemUser: 'operator' })
  await sql("UPDATE points_records SET description = 'another' WHERE user_id = ? AND seq = 3", [person.userId])
  expect(await findLogMismatches(service.database)).toMatchObject([
    { check: 'a row is as it was logged', id: `ledger ${person.userId}/3` },
  ])
  await sql("UPDATE points_records SET description = 'older' WHERE user_id = ? AND seq = 3", [person.userId])
})

test('the log begins only when no older replica writes any more', async () => {
  await sql('DELETE FROM log_genesis')
  await beginLog(service.services)
  await asOlderProgram(person, productId)
  expect(await findLogMismatches(service.database)).toEqual([])
  expect(await begin()).toBe(false)
  expect(await begin()).toBe(true)
  expect([await labels(), await findLogMismatches(service.database)]).toEqual([[], []])
})
