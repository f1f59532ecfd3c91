import { beforeEach, describe, expect, test } from 'bun:test'
import { setStanding } from '../../src/accounts/set-standing.ts'
import { keepWheel } from '../../src/composition/seed.ts'
import { makeSeedChain } from '../../src/fairness/chain.ts'
import { day_ms } from '../../src/lib/calendar.ts'
import { beginLog } from '../../src/reconcile/begin-log.ts'
import { genesisLeaf, readBeginnings } from '../../src/reconcile/genesis.ts'
import { findLogMismatches } from '../../src/reconcile/log.ts'
import { systemActor } from '../../src/staff/actor.ts'
import type { Operation } from '../../src/till/operation.ts'
import { makeSignerKey, signerOf } from '../../src/tlog/format/notes.ts'
import { createLog } from '../../src/tlog/log.ts'
import { restartLog } from '../../src/tlog/restart.ts'
import { appoint, givePoints, newProduct, type Person, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'

const logKey = makeSignerKey('points.example.com/log')
const service = useService({ LOG_KEY: logKey, DRAW_SEED: makeSeedChain(Math.floor(Date.now() / day_ms) + 10) })
const sql = (statement: string, params: unknown[] = []) => service.database.query(statement, params)
const found = async () => (await findLogMismatches(service.database)).map(({ check, id }) => `${check}: ${id}`)
const begin = async () => {
  await beginLog(service.services)
  await sql('UPDATE log_genesis SET noted_at = noted_at - INTERVAL 3 MINUTE')
  await beginLog(service.services)
}

let person: Person

/** Somebody draws and buys, before the log begins and after. */
async function live(): Promise<void> {
  const product_id = await newProduct(service, 5)
  const { token } = person
  await service.client.post('/api/lottery/draw', { token, body: { draw_type: 'triple' } })
  await service.client.post('/api/exchange/submit', { token, body: { product_id } })
  await service.client.post('/api/user/check-in', { token })
}

beforeEach(async () => {
  person = await signIn(service)
  await givePoints(service, person, 5_000)
  await live()
  await begin()
  await live()
  await createLog({ ...service.services, signer: signerOf(logKey) }).seal()
})

/** Two rows of the ledger that nobody notices by a balance. */
async function insertByHand(): Promise<void> {
  const insert = (type: string, points: number, seq: number) =>
    sql(
      `INSERT INTO points_records (user_id, seq, points, type, source, related_id, description, balance_after, created_at)
       SELECT user_id, ledger_seq + ?, ?, ?, 'admin', ?, 'x', total_points + IF(? > 0, ?, 0), UTC_TIMESTAMP(3)
         FROM users WHERE user_id = ?`,
      [seq, points, type, `HAND_${seq}`, points, points, person.userId],
    )
  await insert('earn', 7, 1)
  await insert('spend', -7, 2)
  await sql('UPDATE users SET ledger_seq = ledger_seq + 2 WHERE user_id = ?', [person.userId])
}

/** Puts back what a test changed: after each test the ledgers have to agree. */
const undoing = async (change: string, undo: string, check: () => Promise<unknown>) => {
  await sql(change)
  await check()
  await sql(undo)
}

test('all is well when nothing was touched', async () => {
  expect(await found()).toEqual([])
})

describe('a row', () => {
  test.each([
    ['ledger', 'points_records', 'created_at = created_at + INTERVAL 1 SECOND', 'a row is as it was logged: ledger'],
    ['ledger’s text', 'points_records', `description = 'another'`, 'a row is as it was logged: ledger'],
    ['stock', 'stock_movements', 'created_at = created_at + INTERVAL 1 SECOND', 'a row is as it was logged: stock'],
    ['audit', 'audit_log', `details = '{"reason":"another"}'`, 'a row is as it was logged: audit'],
    ['draw', 'draw_turns', 'prize_id = prize_id % 8 + 1', 'a row is as it was logged: draw'],
  ])('a changed row of the %s is named', async (_, table, change, named) => {
    await sql(`UPDATE ${table} SET ${change} ORDER BY created_at DESC LIMIT 1`)
    const names = await found()
    expect([names.length, names[0]?.startsWith(named)]).toEqual([1, true])
  })

  test('a deleted turn and a deleted deed are named', async () => {
    await sql('DELETE FROM draw_turns WHERE draw_no = 4')
    await sql(`DELETE FROM audit_log WHERE action = 'points.adjust' ORDER BY audit_id DESC LIMIT 1`)
    const names = await found()
    expect(names).toContain(`a row that was logged is there: draw ${person.userId}/4`)
    expect(names.some((name) => name.startsWith('a row that was logged is there: audit points.adjust'))).toBe(true)
  })

  test('an inserted row is named, although every balance agrees', async () => {
    await insertByHand()
    expect(await found()).toEqual([`a row is in the log: ledger ${person.userId}`])
  })
})

describe('an account’s role and status', () => {
  const check = 'an account’s role and status are as they were logged last'
  let people: Record<'owner' | 'cashier' | 'stopped' | 'diner', Person>
  const users = (change: string, { userId }: Person) => sql(`UPDATE users SET ${change} WHERE user_id = ?`, [userId])
  const staff = (change: string, { userId }: Person) => sql(`UPDATE staff SET ${change} WHERE user_id = ?`, [userId])
  const stop = ({ userId }: Person, status: 'banned' | 'active') =>
    service.services.till.run(setStanding, { userId, status, actor: systemActor() })

  beforeEach(async () => {
    const signedIn = () => signIn(service)
    people = { owner: await signedIn(), cashier: await signedIn(), stopped: await signedIn(), diner: await signedIn() }
    const { owner, cashier, stopped } = people
    await appoint(service, owner, 'owner')
    await appoint(service, cashier, 'cashier')
    await stop(stopped, 'banned')
  })

  test('they are right after any change by the service', async () => {
    const { cashier, diner, stopped } = people
    await appoint(service, cashier, 'manager')
    await appoint(service, cashier, null)
    await appoint(service, diner, 'auditor')
    await stop(stopped, 'active')
    await stop(diner, 'banned')
    expect(await found()).toEqual([])
  })

  test('a role that was given, changed, taken or brought back by hand is named', async () => {
    const { cashier, diner, owner } = people
    await sql('INSERT INTO staff VALUES (?, ?, NULL, UTC_TIMESTAMP(3), NULL)', [diner.userId, 'manager'])
    await users('is_merchant = 1', diner)
    await staff("role = 'owner'", cashier)
    expect((await found()).sort()).toEqual([diner, cashier].map(({ userId }) => `${check}: role ${userId}`).sort())
    await appoint(service, owner, null)
    await staff('revoked_at = NULL', owner)
    await users('is_merchant = 1', owner)
    await users('is_merchant = 0', cashier)
    expect(await found()).toContain(`${check}: role ${owner.userId}`)
  })

  test('a merchant of older programs that was made by hand is named', async () => {
    const { diner } = people
    await users('is_merchant = 1', diner)
    expect(await found()).toEqual([`${check}: role ${diner.userId}`])
    await appoint(service, diner, null)
    expect(await found()).toEqual([])
  })

  test('a ban that was lifted or made by hand is named, until somebody says again what is so', async () => {
    const { diner, stopped } = people
    await users("status = 'active'", stopped)
    await users("status = 'banned'", diner)
    expect((await found()).sort()).toEqual([stopped, diner].map(({ userId }) => `${check}: status ${userId}`).sort())
    await stop(stopped, 'banned')
    await stop(diner, 'active')
    expect(await found()).toEqual([])
  })

  test('what is older than the log is named as well once it has begun', async () => {
    const { cashier, diner, stopped } = people
    const ofTheLog = ['log_entries', 'log_nodes', 'log_head', 'log_genesis']
    for (const table of [...ofTheLog, 'draw_turns', 'fair_epochs', 'fair_epoch', 'fair_chains', 'wheel_version_prizes'])
      await sql(`DELETE FROM ${table}`)
    await sql('DELETE FROM wheel_versions')
    await sql('UPDATE lottery_pity SET draw_no = 0, last_leaf = NULL')
    expect(await found()).toEqual([])
    await keepWheel(service.services)
    const older = async () => (await found()).filter((name) => name.startsWith(check))
    await begin()
    expect(await older()).toEqual([])
    await users("status = 'active'", stopped)
    await users("status = 'banned'", diner)
    await staff("role = 'owner'", cashier)
    const named = [`role ${cashier.userId}`, `status ${stopped.userId}`, `status ${diner.userId}`]
    expect((await older()).sort()).toEqual(named.map((id) => `${check}: ${id}`).sort())
  })
})

describe('what is older than the log', () => {
  test('an older balance that was changed with its whole ledger is found out', async () => {
    await undoing(
      `UPDATE points_records SET points = points + 1 WHERE source = 'register'`,
      `UPDATE points_records SET points = points - 1 WHERE source = 'register'`,
      async () => {
        const names = await found()
        expect(names).toContain('older balances and stocks are as the log says: genesis')
      },
    )
  })

  test('another beginning is found out', async () => {
    await sql('UPDATE log_genesis SET last_ledger_id = 1000000000, last_stock_id = 1000000000')
    expect(await found()).toContain('older balances and stocks are as the log says: genesis')
  })

  test('the log begins once', async () => {
    const before = await sql(`SELECT digest FROM log_genesis`)
    await Promise.all([beginLog(service.services), beginLog(service.services)])
    expect(await sql(`SELECT digest FROM log_genesis`)).toEqual(before)
  })
})

describe('where the log began', () => {
  const check = 'the log began once, as its row says'
  const why = async () => (await findLogMismatches(service.database)).filter((found) => found.check === check)
  const beginnings = () => readBeginnings(service.database)

  test.each([
    ['row that was deleted', 'DELETE FROM log_genesis', 'missing'],
    ['row without its digest', 'UPDATE log_genesis SET digest = NULL', 'without a digest'],
    [
      'digest that is removed from a row which is put further on',
      `UPDATE log_genesis SET digest = NULL, last_ledger_id = (SELECT MAX(record_id) FROM points_records)`,
      'without a digest',
    ],
  ])('a %s is named, and the log does not begin again', async (_, change, row) => {
    const before = await beginnings()
    await insertByHand()
    await sql(change)
    for (let times = 0; times < 2; times += 1) {
      await expect(beginLog(service.services)).rejects.toThrow('does not begin again')
      await sql('UPDATE log_genesis SET noted_at = noted_at - INTERVAL 3 MINUTE')
    }
    expect(await why()).toEqual([{ check, id: 'genesis', details: { row } }])
    expect([before.length, await beginnings()]).toEqual([1, before])
  })

  test('without the digest of its row, what was changed or inserted is still named', async () => {
    await insertByHand()
    await sql(`UPDATE audit_log SET details = '{"reason":"another"}' ORDER BY created_at DESC LIMIT 1`)
    await sql('UPDATE log_genesis SET digest = NULL')
    const names = await found()
    expect(names).toContain(`a row is in the log: ledger ${person.userId}`)
    expect(names.some((name) => name.startsWith('a row is as it was logged: audit'))).toBe(true)
  })

  test('a row that is not that of the first leaf is named', async () => {
    await sql('UPDATE log_genesis SET noted_at = noted_at + INTERVAL 1 SECOND')
    expect(await why()).toEqual([{ check, id: 'genesis', details: { row: 'not that of the first leaf' } }])
  })

  test('a row that is written by hand where no log has begun is named', async () => {
    for (const table of ['log_entries', 'log_nodes', 'log_head']) await sql(`DELETE FROM ${table}`)
    expect(await why()).toEqual([{ check, id: 'genesis', details: { row: 'not that of the first leaf' } }])
  })

  test('a second beginning is named', async () => {
    const again: Operation<object, object> = {
      name: 'begin_again',
      laneKey: () => 'log',
      needs: () => [],
      decide(unit) {
        unit.log(genesisLeaf({ noted_at: new Date(), digest: 'ab'.repeat(32) }))
        return {}
      },
    }
    await service.services.till.run(again, {})
    expect(await found()).toEqual([`${check}: genesis`])
  })

  test('a log that was begun anew with a new key still begins where it began', async () => {
    await restartLog(service.services, signerOf(makeSignerKey('points.example.com/log-2')).verifierKey)
    expect(await found()).toEqual([])
    await insertByHand()
    expect(await found()).toEqual([`a row is in the log: ledger ${person.userId}`])
  })

  test('where no log has begun nothing is named', async () => {
    for (const table of ['log_entries', 'log_nodes', 'log_head', 'log_genesis']) await sql(`DELETE FROM ${table}`)
    expect(await found()).toEqual([])
  })
})

describe('the log itself', () => {
  test.each([
    [
      'an entry’s leaves',
      'UPDATE log_entries SET leaves = SUBSTRING(leaves, 5) LIMIT 1',
      'an entry has the leaves of its root: entry',
    ],
    [
      'an entry’s root',
      'UPDATE log_entries SET root = UNHEX(SHA2(1, 256)) LIMIT 1',
      'an entry has the leaves of its root: entry',
    ],
    [
      'an entry that was deleted',
      'DELETE FROM log_entries ORDER BY entry_id LIMIT 1',
      'the entries make up the log that was sealed: log',
    ],
    [
      'an entry that was moved',
      'UPDATE log_entries SET log_index = IF(log_index = 1, -1, 1) WHERE log_index IN (1, 2) ORDER BY log_index',
      'the entries make up the log',
    ],
  ])('%s is found out', async (_, change, named) => {
    await sql(change)
    expect((await found()).some((name) => name.startsWith(named))).toBe(true)
  })
})
