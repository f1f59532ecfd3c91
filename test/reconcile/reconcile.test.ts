import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type OpenServices, openServices } from '../../src/composition/open-services.ts'
import { seedWheel } from '../../src/composition/seed.ts'
import { findMismatches } from '../../src/reconcile/checks.ts'
import { repair } from '../../src/reconcile/repair.ts'
import { createTestDatabase } from '../support/database.ts'
import { testConfig } from '../support/service.ts'

let installation: OpenServices
const run = (sql: string) => installation.services.database.query(sql)

const at = "'2026-11-22 04:00:00'"
const entry = (user: number, seq: number, points: number, source: string, cause: string, balance: number) =>
  `INSERT INTO points_records (user_id, seq, points, type, source, related_id, description, balance_after, created_at)
   VALUES (${user}, ${seq}, ${points}, '${points > 0 ? 'earn' : 'spend'}', '${source}', '${cause}', 'x', ${balance}, ${at})`
const movement = (product: number, change: number, operation: string, cause: string) =>
  `INSERT INTO stock_movements (commodity_id, quantity_change, operation, related_id, created_at)
   VALUES (${product}, ${change}, '${operation}', '${cause}', ${at})`
const order = (id: string, status: string) => [
  `INSERT INTO exchange_records (exchange_id, exchange_code, user_id, commodity_id, product_name, quantity, total_points,
     status, expires_at, created_at) VALUES ('${id}', '${id}', 1, 1, 'x', 1, 80, '${status}', ${at}, ${at})`,
  `INSERT INTO vouchers (code, kind, user_id, source_id, title, quantity, status, expires_at, created_at)
   VALUES ('${id}', 'product', 1, '${id}', 'x', 1, '${status === 'pending' ? 'active' : status}', ${at}, ${at})`,
]
const upload = `INSERT INTO upload_reviews (upload_id, user_id, image_key, image_sha256, estimated_points, flags,
   review_status, points_awarded, created_at) VALUES ('UP_1', 1, 'k', 's', 50, '[]', 'approved', 50, ${at})`
const drawn = `INSERT INTO lottery_records (draw_id, draw_sequence, user_id, prize_id, prize_name, prize_type, prize_value,
   draw_type, points_cost, points_awarded, is_near_miss, is_pity, roll, wheel_version, created_at)
   VALUES ('DR_1', 1, 1, 8, 'x', 'empty', 0, 'single', 100, 0, 0, 0, 9999, 1, ${at})`

beforeAll(async () => {
  const database = await createTestDatabase(`points_reconcile_${process.pid}`)
  installation = await openServices(testConfig(database), () => {})
  await seedWheel(installation.services)
})
afterAll(() => installation.close())

/** Far from the first, so that the two are in different ranges. */
const second = 1_201

/** Two people with 1000 points each and a product with 5 pieces; every ledger agrees. */
async function begin(): Promise<void> {
  const tables =
    'points_records stock_movements lottery_records vouchers exchange_records upload_reviews products users'
  for (const table of tables.split(' ')) await run(`DELETE FROM ${table}`)
  for (const user of [1, second]) {
    await run(
      `INSERT INTO users (user_id, mobile, total_points, ledger_seq) VALUES (${user}, '${13_800_138_000 + user}', 1000, 1)`,
    )
    await run(entry(user, 1, 1_000, 'register', `REG_${user}`, 1_000))
  }
  await run(`INSERT INTO products (commodity_id, name, category, exchange_points, stock) VALUES (1, 'x', 'x', 80, 5)`)
  await run(movement(1, 5, 'restock', 'SEED'))
}
const keptBalance = (user: number, balance: number, seq: number) =>
  `UPDATE users SET total_points = ${balance}, ledger_seq = ${seq} WHERE user_id = ${user}`

test.each([
  ['a balance is the sum of its ledger', [keptBalance(1, 1_001, 1)]],
  ['a balance is the sum of its ledger', [keptBalance(1, 1_000, 2)]],
  ['a balance is the sum of its ledger', [keptBalance(second, 999, 1)]],
  ['each ledger row has the running sum', ['UPDATE points_records SET balance_after = 1 WHERE user_id = 1']],
  ['each ledger row has the running sum', ['UPDATE points_records SET seq = 2', 'UPDATE users SET ledger_seq = 2']],
  ['a stock is the sum of its movements', ['UPDATE products SET stock = 4']],
  ['a draw has exactly its ledger rows', [drawn]],
  ['a ledger row has its draw, order or review', [entry(1, 2, -100, 'lottery', 'DR_1', 900), keptBalance(1, 900, 2)]],
  ['a ledger row has its draw, order or review', [entry(1, 2, -80, 'exchange', 'EX_1', 920), keptBalance(1, 920, 2)]],
  [
    'a ledger row has its draw, order or review',
    [entry(1, 2, 50, 'photo_upload', 'UP_1', 1_050), keptBalance(1, 1_050, 2)],
  ],
  [
    'a stock movement of an order has its order',
    [movement(1, -1, 'purchase', 'EX_1'), 'UPDATE products SET stock = 4'],
  ],
  ['an order has exactly its ledger rows', order('EX_1', 'cancelled')],
  ['an order has exactly its stock movements', order('EX_1', 'cancelled')],
  ['an order has exactly its ledger rows', order('EX_1', 'pending')],
  ['an order has its voucher', order('EX_1', 'pending').slice(0, 1)],
  ['an approved review has exactly its ledger row', [upload]],
  [
    'an approved review has exactly its ledger row',
    [upload, entry(second, 2, 50, 'photo_upload', 'UP_1', 1_050), keptBalance(second, 1_050, 2)],
  ],
])('a reconcile finds what breaks “%s” (%#)', async (check, statements) => {
  await begin()
  expect(await findMismatches(installation.services.database)).toEqual([])
  for (const statement of statements) await run(statement)
  const found = await findMismatches(installation.services.database)
  expect(found.map((mismatch) => mismatch.check)).toContain(check)
})

describe('a repair', () => {
  const repaired = (most?: number) => repair(installation.services, { userId: null, systemUser: 'operator' }, most)
  const balances = () => run('SELECT user_id AS id, total_points AS balance FROM users ORDER BY user_id')

  test('a repair sets a balance and a stock to their ledgers, and the audit log keeps the old values', async () => {
    await begin()
    await run(keptBalance(1, 1_007, 1))
    await run('UPDATE products SET stock = 4')
    await run('DELETE FROM audit_log')
    expect(await repaired()).toBe(2)
    expect(await findMismatches(installation.services.database)).toEqual([])
    const kept = await installation.services.database.query<Record<'who' | 'was' | 'became', string>>(
      `SELECT system_user AS who, CAST(state_before AS CHAR) AS was, CAST(state_after AS CHAR) AS became
         FROM audit_log ORDER BY audit_id`,
    )
    expect(kept.map(({ who, was, became }) => [who, JSON.parse(was), JSON.parse(became)])).toEqual([
      ['operator', { total_points: 1_007 }, { total_points: 1_000 }],
      ['operator', { stock: 4 }, { stock: 5 }],
    ])
  })

  test.each([
    ['all rows', 'DELETE FROM points_records WHERE user_id = 1'],
    ['its last row', 'DELETE FROM points_records WHERE user_id = 1 AND seq = 2'],
    ['a row between', 'DELETE FROM points_records WHERE user_id = 1 AND seq = 1'],
  ])('a repair leaves a balance alone when its ledger lost %s', async (_, loss) => {
    await begin()
    await run(entry(1, 2, 50, 'admin', 'ADJ_1', 1_050))
    await run(keptBalance(1, 1_050, 2))
    await run(loss)
    expect(await repaired()).toBe(0)
    expect(await balances()).toEqual([
      { id: 1, balance: 1_050 },
      { id: second, balance: 1_000 },
    ])
  })

  test('a repair leaves a stock alone when its movements are gone', async () => {
    await begin()
    await run('DELETE FROM stock_movements')
    expect(await repaired()).toBe(0)
    expect(await run('SELECT stock FROM products')).toEqual([{ stock: 5 }])
  })

  test('a repair changes nothing when too many disagree, until an operator says how many', async () => {
    await begin()
    const users = Array.from({ length: 11 }, (_, at) => at + 10)
    for (const user of users) {
      await run(
        `INSERT INTO users (user_id, mobile, total_points, ledger_seq) VALUES (${user}, '${13_900_000_000 + user}', 1, 1)`,
      )
      await run(entry(user, 1, 1_000, 'register', `REG_${user}`, 1_000))
    }
    await expect(repaired()).rejects.toThrow('11 of 14 balances and stocks disagree, and 10 are repaired at once')
    expect(await run('SELECT 1 FROM users WHERE total_points = 1')).toHaveLength(11)
    expect(await repaired(11)).toBe(11)
    expect(await findMismatches(installation.services.database)).toEqual([])
  })
})

test('a reconcile that is stopped reports no result', async () => {
  await begin()
  const stop = AbortSignal.abort(new Error('enough'))
  await expect(findMismatches(installation.services.database, stop)).rejects.toThrow('enough')
})

test('a reconcile uses its indexes even when the statistics are of empty tables', async () => {
  await begin()
  const tables = ['points_records', 'lottery_records']
  for (const table of tables) await run(`ALTER TABLE ${table} STATS_PERSISTENT = 1, STATS_AUTO_RECALC = 0`)
  const [people, draws] = [20, 400]
  const ids = Array.from({ length: people }, (_, index) => 2 + index)
  const numbers = Array.from({ length: draws }, (_, index) => index + 1)
  for (const table of tables) {
    await run(`DELETE FROM ${table}`)
    await run(`ANALYZE TABLE ${table}`)
  }
  await run('DELETE FROM users')
  for (const user of ids) {
    const total = draws * 1_000
    const rows = numbers.map(
      (seq) => `(${user}, ${seq}, 1000, 'earn', 'lottery', 'D${user}_${seq}', 'x', ${seq * 1_000}, ${at})`,
    )
    await run(
      `INSERT INTO users (user_id, mobile, total_points, ledger_seq)
       VALUES (${user}, '${13_800_138_000 + user}', ${total}, ${draws})`,
    )
    await run(
      `INSERT INTO points_records (user_id, seq, points, type, source, related_id, description, balance_after, created_at)
       VALUES ${rows.join(', ')}`,
    )
    const drawnRows = numbers.map(
      (seq) => `('D${user}_${seq}', 1, ${user}, 8, 'x', 'points', 1000, 'single', 0, 1000, 0, 0, 1, 1, ${at})`,
    )
    await run(
      `INSERT INTO lottery_records (draw_id, draw_sequence, user_id, prize_id, prize_name, prize_type, prize_value, draw_type,
         points_cost, points_awarded, is_near_miss, is_pity, roll, wheel_version, created_at) VALUES ${drawnRows.join(', ')}`,
    )
  }
  const rowsRead = async () => {
    const rows = await installation.services.database.query<{ Value: string }>(
      `SHOW GLOBAL STATUS WHERE Variable_name IN ('Handler_read_next', 'Handler_read_rnd_next', 'Handler_read_key')`,
    )
    return rows.reduce((sum, { Value }) => sum + Number(Value), 0)
  }
  const before = await rowsRead()
  expect(await findMismatches(installation.services.database)).toEqual([])
  expect(await rowsRead()).toBeLessThan(before + 30 * people * draws)
  for (const table of tables) await run(`ALTER TABLE ${table} STATS_PERSISTENT = DEFAULT, STATS_AUTO_RECALC = DEFAULT`)
})
