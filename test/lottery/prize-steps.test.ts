import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { keepWheel } from '../../src/composition/seed.ts'
import { adopt, findUnlogged } from '../../src/reconcile/adopt.ts'
import { beginLog } from '../../src/reconcile/begin-log.ts'
import { findMismatches } from '../../src/reconcile/checks.ts'
import { findLogMismatches } from '../../src/reconcile/log.ts'
import { repair } from '../../src/reconcile/repair.ts'
import { systemActor } from '../../src/staff/actor.ts'
import type { Receipt, Turn } from '../../src/verifier/documents.ts'
import { drawingAt, failedChecks, fairSettings } from '../support/drawing.ts'
import { type Person, signInMerchant } from '../support/people.ts'
import { defaultPrize } from '../support/prizes.ts'
import { useService } from '../support/service.ts'

const { settings } = fairSettings()
const service = useService(settings)
const { draw, rich, seal, proofOf } = drawingAt(service, settings.LOG_KEY)
const sql = <Row>(statement: string, params: unknown[] = []) => service.database.query<Row>(statement, params)
const { dish } = defaultPrize
let manager: Person
let diner: Person

const asManager = async (method: 'get' | 'post' | 'put', path: string, body?: object) =>
  (await service.client[method](`/api/merchant${path}`, { token: manager.token, body })).data

/** A wheel that wins the dish with each roll, of which there are a few. */
async function installDishes(stock: number) {
  const { prizes } = await asManager('get', '/prizes')
  const all = prizes.map((prize: { prize_id: number }) => ({ ...prize, probability: prize.prize_id === dish ? 1 : 0 }))
  const limited = all.map((prize: { prize_id: number }) =>
    prize.prize_id === dish ? { ...prize, stock_remaining: stock } : prize,
  )
  await asManager('put', '/prizes', { prizes: limited, cost_points: 100 })
}

beforeEach(async () => {
  manager = await signInMerchant(service)
  diner = await rich()
  await installDishes(10)
})

const spin = (person = diner, draw_type = 'single', key?: string) => draw(person, { draw_type }, key)
const receiptOf = async (...args: Parameters<typeof spin>) => (await spin(...args)).data.receipt as Receipt
const changeStock = (change: number) => asManager('post', `/prizes/${dish}/stock`, { change })
const begin = async () => {
  await beginLog(service.services)
  await sql('UPDATE log_genesis SET noted_at = noted_at - INTERVAL 3 MINUTE')
  await beginLog(service.services)
}
/** The checks of a draw's proof that fail, and its steps. */
async function proven(receipt: Receipt, person = diner) {
  await seal()
  const proof = await proofOf(person, receipt)
  return { failed: failedChecks([proof]), proof }
}
const steps = () =>
  sql<{ seq: number; operation: string; quantity_change: number; stock_after: number | null }>(
    'SELECT seq, operation, quantity_change, stock_after FROM prize_stock_steps WHERE prize_id = ? ORDER BY seq',
    [dish],
  )
const named = async () => {
  const found = [...(await findMismatches(service.database)), ...(await findLogMismatches(service.database))]
  return found.map(({ check, id }) => `${check}: ${id}`)
}
const stockCheck = 'a prize’s stock is what its steps come to, and it names the last of them: 5'

describe('what is left of a limited prize', () => {
  test('each win names the step before it, staff’s changes included, and the proof shows that step in the log', async () => {
    const first = await receiptOf()
    await changeStock(5)
    const second = await receiptOf(diner, 'triple')
    expect([first, second].flatMap(({ turns }) => turns.map(({ stock_before }) => stock_before))).toEqual([
      10, 14, 13, 12,
    ])
    expect((await steps()).map(({ operation, stock_after }) => [operation, stock_after])).toEqual([
      ['replace', 10],
      ['draw', 9],
      ['adjust', 14],
      ['draw', 13],
      ['draw', 12],
      ['draw', 11],
    ])
    for (const receipt of [first, second]) {
      const { failed, proof } = await proven(receipt)
      expect([failed, proof.stocks.length]).toEqual([[], receipt.turns.length])
    }
  })

  test('of 30 winners at once ten get one, each after a step of its own, and the others are shown that none was left', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, rich))
    const drawn = await Promise.all(people.map((person) => receiptOf(person, 'quintuple')))
    const turns = drawn.flatMap((receipt) => receipt.turns).filter(({ stock_leaf }) => stock_leaf !== null)
    const leavesOf = (all: Turn[]) => new Set(all.map(({ stock_leaf }) => stock_leaf))
    const [won, missed] = [turns.filter(({ fell_through }) => !fell_through), turns.filter((turn) => turn.fell_through)]
    expect([won.length, leavesOf(won).size, leavesOf(missed).size]).toEqual([10, 10, 1])
    expect((await steps()).map(({ seq }) => seq)).toEqual(Array.from({ length: 11 }, (_, at) => at + 1))
    for (const [at, receipt] of drawn.entries()) expect((await proven(receipt, people[at])).failed).toEqual([])
    expect(failedChecks(drawn)).not.toContain('one stock')
  })

  test('a repeat of a key names the same step and makes none, and a refused draw makes none', async () => {
    const first = await receiptOf(diner, 'triple', 'once')
    expect(await receiptOf(diner, 'triple', 'once')).toEqual(first)
    await sql('UPDATE users SET total_points = 0 WHERE user_id = ?', [diner.userId])
    expect((await spin()).code).toBe(3002)
    await sql('UPDATE users SET total_points = 100700 WHERE user_id = ?', [diner.userId])
    expect((await steps()).length).toBe(4)
    expect((await receiptOf()).turns[0]?.stock_before).toBe(7)
  })

  test('a prize that becomes unlimited, and limited again, goes on with its steps', async () => {
    await receiptOf()
    await asManager('post', `/prizes/${dish}/stock`, { unlimited: true })
    expect((await receiptOf()).turns[0]).toMatchObject({ stock_before: null, stock_leaf: null })
    await changeStock(3)
    const receipt = await receiptOf()
    expect(receipt.turns[0]?.stock_before).toBe(3)
    expect((await proven(receipt)).failed).toEqual([])
    expect((await steps()).map(({ stock_after }) => stock_after)).toEqual([10, 9, null, 3, 2])
  })
})

describe('a stock that was changed by hand', () => {
  beforeEach(async () => {
    await receiptOf()
    await begin()
    expect(await named()).toEqual([])
  })

  // After each test the ledgers have to agree.
  afterEach(async () => {
    await sql('UPDATE log_genesis SET digest = NULL')
    await sql('DELETE FROM prize_movements')
    await sql('UPDATE lottery_prizes SET stock_remaining = NULL')
  })

  test('is found out by the next draw’s proof and named by reconcile', async () => {
    await sql('UPDATE lottery_prizes SET stock_remaining = 0 WHERE prize_id = ?', [dish])
    expect(await named()).toContain(stockCheck)
    const receipt = await receiptOf()
    expect(receipt.turns[0]).toMatchObject({ fell_through: true, stock_before: 0 })
    expect((await proven(receipt)).failed).toEqual(['prize stock'])
    expect(await named()).toContain(stockCheck)
  })

  test('is named by reconcile after a draw too, with the movement that would explain it', async () => {
    await sql('UPDATE lottery_prizes SET stock_remaining = stock_remaining - 4 WHERE prize_id = ?', [dish])
    await sql(
      `INSERT INTO prize_movements (prize_id, quantity_change, operation, wheel_version, last_record_id, created_at)
         SELECT prize_id, -4, 'adjust', wheel_version, last_record_id, UTC_TIMESTAMP(3) FROM prize_movements
          WHERE prize_id = ? LIMIT 1`,
      [dish],
    )
    await receiptOf()
    expect(await named()).toEqual([stockCheck])
  })

  test.each([
    [
      'a step that was changed',
      'UPDATE prize_stock_steps SET stock_after = 5 WHERE seq = 2',
      'a row is as it was logged: prize 5/2',
    ],
    [
      'a step that was deleted',
      'DELETE FROM prize_stock_steps WHERE seq = 2',
      'a row that was logged is there: prize 5/2',
    ],
    [
      'a step that was added',
      `INSERT INTO prize_stock_steps SELECT prize_id, seq + 9, operation, 0, stock_after, previous_leaf, UNHEX(SHA2(seq, 256)), created_at
         FROM prize_stock_steps WHERE seq = 2`,
      'a row is in the log: prize 5',
    ],
    [
      'a prize that was cut off from its steps',
      'UPDATE lottery_prizes SET stock_seq = 0, stock_leaf = NULL WHERE prize_id = 5',
      stockCheck,
    ],
  ])('%s is named by reconcile', async (_, change, name) => {
    await sql(change)
    expect(await named()).toContain(name)
  })

  test('is taken for true on an operator’s word, and draws are proven again', async () => {
    await sql('UPDATE lottery_prizes SET stock_remaining = 4 WHERE prize_id = ?', [dish])
    expect(await repair(service.services, systemActor(), 5)).toBe(1)
    expect(await named()).toEqual([])
    expect((await proven(await receiptOf())).failed).toEqual([])
    expect((await steps()).map(({ operation, stock_after }) => [operation, stock_after]).slice(2)).toEqual([
      ['repair', 4],
      ['draw', 3],
    ])
  })
})

describe('the upgrade of a service that has limited prizes', () => {
  const beforeTheUpgrade = async () => {
    await sql('DELETE FROM prize_stock_steps')
    await sql('UPDATE lottery_prizes SET stock_seq = 0, stock_leaf = NULL')
  }
  /** A program of an earlier version takes one. */
  const takenByOlderProgram = () =>
    sql('UPDATE lottery_prizes SET stock_remaining = stock_remaining - 1 WHERE prize_id = 5')

  test('the first start writes each stock down as it is, and changes nothing for anyone', async () => {
    await receiptOf()
    await beforeTheUpgrade()
    const before = await asManager('get', '/prizes')
    for (let starts = 0; starts < 2; starts += 1) await keepWheel(service.services)
    expect(await asManager('get', '/prizes')).toEqual(before)
    expect(await steps()).toEqual([{ seq: 1, operation: 'opening', quantity_change: 9, stock_after: 9 }])
    expect((await proven(await receiptOf())).failed).toEqual([])
  })

  test('a draw that comes before the start opens the steps itself, of a prize that has run out too', async () => {
    await beforeTheUpgrade()
    expect((await proven(await receiptOf())).failed).toEqual([])
    await beforeTheUpgrade()
    await sql('UPDATE lottery_prizes SET stock_remaining = 0 WHERE prize_id = ?', [dish])
    const receipt = await receiptOf()
    expect(receipt.turns[0]?.fell_through).toBe(true)
    expect((await proven(receipt)).failed).toEqual([])
    await sql('UPDATE lottery_prizes SET stock_remaining = 9 WHERE prize_id = ?', [dish])
  })

  test('what older replicas take until the log begins is one step more, and no mismatch', async () => {
    await receiptOf()
    await takenByOlderProgram()
    await sql('UPDATE prize_movements SET quantity_change = quantity_change - 1 WHERE prize_id = 5')
    await begin()
    expect(await named()).toEqual([])
    expect((await steps()).at(-1)).toMatchObject({ operation: 'opening', quantity_change: -1, stock_after: 8 })
    expect((await proven(await receiptOf())).failed).toEqual([])
  })

  test('steps that the log does not know are adopted on an operator’s word', async () => {
    await begin()
    await sql(
      `INSERT INTO prize_stock_steps SELECT prize_id, seq + 1, 'adjust', 0, stock_after, leaf, UNHEX(SHA2(seq, 256)), created_at
         FROM prize_stock_steps WHERE seq = 1`,
    )
    await sql('UPDATE lottery_prizes SET stock_seq = 2, stock_leaf = UNHEX(SHA2(1, 256)) WHERE prize_id = 5')
    const unlogged = await findUnlogged(service.database)
    expect(unlogged.map(({ label }) => label)).toEqual(['prize 5/2'])
    await adopt(service.services.till, unlogged, systemActor())
    expect(await named()).toEqual([])
  })
})
