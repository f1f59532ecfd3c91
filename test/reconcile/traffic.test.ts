import { expect, test } from 'bun:test'
import { newId } from '../../src/lib/random.ts'
import { findUnlogged } from '../../src/reconcile/adopt.ts'
import { beginLog } from '../../src/reconcile/begin-log.ts'
import { findEveryMismatch } from '../../src/reconcile/every-check.ts'
import { drawingAt, fairSettings } from '../support/drawing.ts'
import { appoint, givePoints, newProduct, type Person, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'

const { settings } = fairSettings()
const service = useService({ ...settings, TILL_LANES: '4', DATABASE_POOL: '16' })
const { draw, rich, seal } = drawingAt(service, settings.LOG_KEY)
const sql = (statement: string, params: unknown[] = []) => service.database.query(statement, params)
const looks = 5
/** Between two writes of a writer. */
const pause_ms = 20

/** Writes of every kind, one after the other for each of the writers, until it is stopped. */
async function startTraffic(): Promise<{ stop(): Promise<number> }> {
  const people = await Promise.all(Array.from({ length: 6 }, rich))
  const products = await Promise.all([newProduct(service, 100_000), newProduct(service, 100_000)])
  let isOver = false
  let done = 0
  const turn = async (person: Person, at: number) => {
    const kinds = [
      () => draw(person, { draw_type: 'triple' }),
      () =>
        service.client.post('/api/exchange/submit', { token: person.token, body: { product_id: products[at % 2] } }),
      () => givePoints(service, person, 50),
      () => appoint(service, person, at % 8 === 3 ? 'cashier' : null),
    ]
    await kinds[at % kinds.length]?.()
    done += 1
  }
  const writers = people.map(async (person, first) => {
    for (let at = first; !isOver; at += 1) {
      await turn(person, at)
      await Bun.sleep(pause_ms)
    }
  })
  const sealing = (async () => {
    while (!isOver) {
      await seal()
      await Bun.sleep(100)
    }
  })()
  return {
    async stop() {
      isOver = true
      await Promise.all([...writers, sealing])
      return done
    },
  }
}

const begin = async () => {
  await beginLog(service.services)
  await sql('UPDATE log_genesis SET noted_at = noted_at - INTERVAL 3 MINUTE')
  return beginLog(service.services)
}

/** A correction as it is written by hand. */
async function insertByHand({ userId }: Person): Promise<void> {
  await sql(
    `INSERT INTO points_records (user_id, seq, points, type, source, related_id, description, balance_after, created_at)
     SELECT user_id, ledger_seq + 1, 7, 'earn', 'admin', ?, 'x', total_points + 7, UTC_TIMESTAMP(3)
       FROM users WHERE user_id = ?`,
    [newId('ADJ'), userId],
  )
  await sql('UPDATE users SET ledger_seq = ledger_seq + 1, total_points = total_points + 7 WHERE user_id = ?', [userId])
}

test('the log begins while writes go on, and they are never named; a row that is inserted meanwhile is', async () => {
  const bystander = await signIn(service)
  const traffic = await startTraffic()
  let writes = 0
  try {
    expect(await begin()).toBe(true)
    for (let look = 0; look < looks; look += 1) expect(await findEveryMismatch(service.database)).toEqual([])
    await insertByHand(bystander)
    const inserted = `ledger ${bystander.userId}`
    for (let look = 0; look < 3; look += 1)
      expect(await findEveryMismatch(service.database)).toEqual([
        { check: 'a row is in the log', id: inserted, details: { inserted: 1 } },
      ])
    expect((await findUnlogged(service.database)).map(({ label }) => label)).toEqual([`${inserted}/2`])
  } finally {
    writes = await traffic.stop()
  }
  expect(writes).toBeGreaterThan(100)
})

test('a row that is inserted for somebody who draws all the time is named', async () => {
  const busy = await rich()
  await draw(busy)
  expect(await begin()).toBe(true)
  let isOver = false
  const drawing = (async () => {
    while (!isOver) {
      await draw(busy)
      await Bun.sleep(pause_ms)
    }
  })()
  try {
    await sql(
      `INSERT INTO audit_log (action, target, details, created_at)
       SELECT action, target, details, UTC_TIMESTAMP(3) FROM audit_log LIMIT 1`,
    )
    await sql(
      `INSERT INTO draw_turns SELECT user_id, draw_no + 1000000, 'DR_BY_HAND', epoch, chain_id, wheel_version, wheel_hash,
         client_seed, client_seed_source, pity_before, roll, prize_id, fell_through, is_near_miss, points_awarded,
         stock_before, stock_leaf, previous_leaf, created_at FROM draw_turns WHERE user_id = ? LIMIT 1`,
      [busy.userId],
    )
    for (let look = 0; look < 3; look += 1) {
      const named = (await findEveryMismatch(service.database)).map(({ check, id }) => `${check}: ${id}`)
      expect(named).toContain(`a row is in the log: draw ${busy.userId}`)
      expect(named.filter((name) => name.startsWith('a row is in the log: audit')).length).toBe(1)
    }
  } finally {
    isOver = true
    await drawing
  }
})
