import { beforeEach, describe, expect, test } from 'bun:test'
import { openEpoch } from '../../src/lottery/open-epoch.ts'
import { beginLog } from '../../src/reconcile/begin-log.ts'
import { findEveryMismatch } from '../../src/reconcile/every-check.ts'
import type { Receipt } from '../../src/verifier/documents.ts'
import { drawingAt, failedChecks, fairSettings } from '../support/drawing.ts'
import { givePoints, type Person, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'

const { settings, chain } = fairSettings()
const service = useService(settings)
const { draw, rich, receiptOf, askProof, proofOf, seal } = drawingAt(service, settings.LOG_KEY)
const sql = (statement: string, params: unknown[] = []) => service.database.query<{ n: number }>(statement, params)
const named = async () => (await findEveryMismatch(service.database)).map(({ check, id }) => `${check}: ${id}`)

let person: Person
let receipts: Receipt[]

beforeEach(async () => {
  person = await rich()
  await beginLog(service.services)
  await sql('UPDATE log_genesis SET noted_at = noted_at - INTERVAL 3 MINUTE')
  await beginLog(service.services)
  receipts = []
  for (const draw_type of ['triple', 'single', 'triple']) receipts.push(await receiptOf(person, { draw_type }))
  await seal()
  expect(await named()).toEqual([])
})

const last = () => receipts.at(-1) as Receipt
const turnOf = (draw_no: number) => `draw ${person.userId}/${draw_no}`

/** Leaves the ledger as it was: after each test all balances have to agree. */
const undoing = async (change: string, undo: string, check: () => Promise<unknown>) => {
  await sql(change)
  await check()
  await sql(undo)
}

describe('a changed outcome', () => {
  test('another prize in the log’s turn is named, and the next proof fails', async () => {
    await sql('UPDATE draw_turns SET prize_id = prize_id % 8 + 1 WHERE draw_no = 5')
    expect(await named()).toContain(`a row is as it was logged: ${turnOf(5)}`)
    expect(failedChecks([await proofOf(person, last())])).not.toEqual([])
  })

  test('another prize in what the diner is shown alone is named', async () => {
    await sql('UPDATE lottery_records SET prize_id = prize_id % 8 + 1 WHERE draw_id = ? AND draw_sequence = 2', [
      last().draw_id,
    ])
    expect(await named()).toEqual([`a draw is as its turns say: ${last().draw_id}`])
  })

  test('a win that was only written into what the diner is shown is named', async () => {
    await sql(
      `INSERT INTO lottery_records (draw_id, draw_sequence, user_id, prize_id, prize_name, prize_type, prize_value,
         draw_type, points_cost, points_awarded, is_near_miss, is_pity, roll, wheel_version, created_at, took_stock)
       SELECT 'DR_BY_HAND', 1, user_id, 5, prize_name, prize_type, prize_value, draw_type, 0, 0, 0, 0, 1, wheel_version,
         created_at, 0 FROM lottery_records WHERE draw_id = ? LIMIT 1`,
      [last().draw_id],
    )
    expect(await named()).toEqual([`a draw has its turns: ${person.userId}`])
  })

  test('a turn whose entry was changed as well stops the log, and nobody draws', async () => {
    await sql('UPDATE log_entries SET root = UNHEX(SHA2(1, 256)) ORDER BY entry_id DESC LIMIT 1')
    await draw(person)
    await expect(seal()).rejects.toThrow('contradicted')
    expect((await draw(person)).code).toBe(3001)
  })
})

describe('a deleted draw', () => {
  const erase = async () => {
    const [{ draw_id }, turns] = [last(), last().turns.map(({ draw_no }) => draw_no)]
    await sql('DELETE FROM draw_turns WHERE user_id = ? AND draw_no IN (?)', [person.userId, turns])
    await sql('DELETE FROM lottery_records WHERE draw_id = ?', [draw_id])
    await sql('DELETE FROM points_records WHERE related_id = ?', [draw_id])
    const { pity_before } = last().turns[0] as Receipt['turns'][number]
    await sql(
      `UPDATE users SET ledger_seq = (SELECT MAX(seq) FROM points_records WHERE points_records.user_id = users.user_id),
         total_points = (SELECT SUM(points) FROM points_records WHERE points_records.user_id = users.user_id)
        WHERE user_id = ?`,
      [person.userId],
    )
    await sql('UPDATE lottery_pity SET draw_no = draw_no - 3, current_count = ?, last_leaf = UNHEX(?)', [
      pity_before,
      last().previous_leaf,
    ])
  }

  test('a draw that was erased from every table is named by the log', async () => {
    await erase()
    const names = await named()
    for (const { draw_no } of last().turns)
      expect(names).toContain(`a row that was logged is there: ${turnOf(draw_no)}`)
  })

  test('a draw that was erased with its entry leaves a hole in the log', async () => {
    await erase()
    await sql('DELETE FROM log_entries ORDER BY entry_id DESC LIMIT 1')
    expect(await named()).toContain('the entries make up the log that was sealed: log')
    await draw(person)
    await expect(seal()).rejects.toThrow('contradicted')
  })

  test('its number given to another draw is told by the two receipts', async () => {
    await erase()
    const again = await receiptOf(person)
    expect(failedChecks([last(), again])).toContain('one draw')
    await seal()
    expect(await named()).toContain(`a row is as it was logged: ${turnOf(5)}`)
  })
})

describe('a counter that was reset', () => {
  test('it is named before the next draw', async () => {
    await sql('UPDATE lottery_pity SET current_count = (current_count + 5) % 9')
    expect(await named()).toEqual([`a counter is where the last turn left it: ${person.userId}`])
  })

  test('it is named after the next draw, whose proof fails', async () => {
    await sql('UPDATE lottery_pity SET current_count = (current_count + 5) % 9')
    const next = await receiptOf(person)
    await seal()
    expect(await named()).toEqual([`a turn goes on from the one before it: ${person.userId}`])
    expect(failedChecks([await proofOf(person, next)])).toEqual(['pity'])
  })
})

test('a prize’s stock that was emptied by hand is named', async () => {
  await undoing(
    'UPDATE lottery_prizes SET stock_remaining = 3 WHERE prize_id = 5',
    'UPDATE lottery_prizes SET stock_remaining = NULL WHERE prize_id = 5',
    async () => expect((await named()).some((name) => name.startsWith('a prize’s stock is what'))).toBe(true),
  )
})

describe('a second wheel at lunchtime', () => {
  const odds = 'probability = IF(prize_id = 8, 0.1600, IF(prize_id = 7, 0.0100, probability))'

  test('other odds under the same version draw nothing', async () => {
    await sql(`UPDATE lottery_prizes SET ${odds}`)
    expect((await draw(person)).code).toBe(3001)
  })

  /** Writes other odds down as the next version, as the program would. */
  const writeDown = async () => {
    await sql(`UPDATE lottery_prizes SET ${odds}`)
    await sql(`INSERT INTO wheel_versions SELECT 2, UTC_TIMESTAMP(3), cost_points, daily_limit, pity_limit, pity_prize_id,
      near_miss_width, made_by, made_role, created_at FROM wheel_versions`)
    await sql(`INSERT INTO wheel_version_prizes SELECT 2, angle, prize_id, prize_name, prize_type, prize_value, color,
      ${odds.replace('probability = ', '')}, is_activity FROM wheel_version_prizes`)
    await sql('UPDATE lottery_wheel SET version = 2, last_version = 2')
  }

  test('other odds that were written down as a version of their own are named, and two proofs contradict', async () => {
    await writeDown()
    const next = await receiptOf(person)
    await seal()
    expect(await named()).toEqual(['a row is in the log: wheel 2'])
    const [before, after] = [await proofOf(person, last()), await proofOf(person, next)]
    expect(failedChecks([before, after])).toContain('one wheel')
    const { data } = await service.client.get('/api/fairness')
    expect(data.epochs.map(({ wheel_version }: { wheel_version: number }) => wheel_version).sort()).toEqual([1, 2])
  })

  test('a version that was changed after the fact is named, and proofs under it fail', async () => {
    await sql(`UPDATE wheel_version_prizes SET ${odds}`)
    expect(await named()).toContain('a row is as it was logged: wheel 1')
    expect(failedChecks([await proofOf(person, last())])).toContain('wheel')
  })

  test('a wheel that was put into the open epoch by hand has no opening in the log, and its draws no proof', async () => {
    await writeDown()
    const { wheel_hash } = (await service.client.get('/api/fairness/wheels/2')).data
    await sql('UPDATE fair_epoch SET wheel_version = 2, wheel_hash = UNHEX(?)', [wheel_hash])
    const next = await receiptOf(person)
    await seal()
    expect(await askProof(person, next.draw_id)).toMatchObject({ code: 3007 })
    expect(await named()).toContain(`a draw is of an epoch that was opened with its wheel: ${next.draw_id}`)
  })
})

describe('a clock at midnight', () => {
  const opening = () => ({
    ...{ calendar: service.services.calendar, limits: service.services.rules.wheel.limits, chain },
    ...{ previous: undefined, chainWaits_days: 0 },
  })
  test('an epoch that was opened again after its seed was published is named by each draw in it', async () => {
    // The day that the receipts are of becomes yesterday; the job opens today.
    for (const table of ['fair_epoch', 'fair_epochs', 'draw_turns']) await sql(`UPDATE ${table} SET epoch = epoch - 1`)
    await sql("UPDATE fair_epoch SET business_day = '2020-01-01', wheel_version = 0")
    await service.services.till.run(openEpoch, opening())
    await sql('UPDATE fair_epoch SET epoch = epoch - 1')
    const late = await receiptOf(person)
    expect(late.epoch).toBe(last().epoch - 1)
    await seal()
    expect(await named()).toContain(`a draw is of the epoch that was open: ${turnOf(8)}`)
  })

  test('an epoch that was set back by hand is opened again by the next job, and not written down twice', async () => {
    const before = await sql('SELECT COUNT(*) AS n FROM fair_epochs')
    await sql(`UPDATE fair_epoch SET epoch = epoch - 1, next_at = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR,
      business_day = DATE_FORMAT(business_day - INTERVAL 1 DAY, '%Y-%m-%d')`)
    await service.services.till.run(openEpoch, opening())
    expect((await receiptOf(person)).epoch).toBe(last().epoch)
    expect(await sql('SELECT COUNT(*) AS n FROM fair_epochs')).toEqual(before)
    await seal()
    expect(await named()).toEqual([])
  })
})

describe('a repeated draw number', () => {
  test('a number that is there already draws nothing', async () => {
    await sql('UPDATE lottery_pity SET draw_no = draw_no - 1')
    expect((await draw(person)).code).toBe(3000)
    await sql('UPDATE lottery_pity SET draw_no = draw_no + 1')
    expect((await receiptOf(person)).turns[0]?.draw_no).toBe(8)
  })

  test('a number that was left out is named', async () => {
    await sql('UPDATE lottery_pity SET draw_no = draw_no + 1')
    expect(await named()).toEqual([`a counter is where the last turn left it: ${person.userId}`])
    const next = await receiptOf(person)
    await seal()
    expect(await named()).toEqual([`a turn goes on from the one before it: ${person.userId}`])
    expect(failedChecks([await proofOf(person, next)])).toEqual(['draw numbers'])
  })
})

describe('rows by hand', () => {
  test('turns that changed places are named', async () => {
    await sql('UPDATE draw_turns SET draw_no = IF(draw_no = 5, 105, 106) WHERE draw_no IN (5, 6)')
    await sql('UPDATE draw_turns SET draw_no = IF(draw_no = 105, 6, 5) WHERE draw_no IN (105, 106)')
    const names = await named()
    for (const number of [5, 6]) expect(names).toContain(`a row is as it was logged: ${turnOf(number)}`)
  })

  test('entries that changed places in the log are named, and the log stops', async () => {
    await sql(
      'UPDATE log_entries SET log_index = IF(log_index = 1, -1, 1) WHERE log_index IN (1, 2) ORDER BY log_index',
    )
    await sql('UPDATE log_entries SET log_index = 2 WHERE log_index = -1')
    expect(await named()).toContain('the entries make up the log that was sealed: log')
    await draw(person)
    await expect(seal()).rejects.toThrow('contradicted')
  })

  test('a turn that somebody put in is named', async () => {
    await sql(`INSERT INTO draw_turns SELECT user_id, draw_no + 1, 'DR_BY_HAND', epoch, chain_id, wheel_version, wheel_hash,
      client_seed, client_seed_source, pity_before, roll, prize_id, fell_through, is_near_miss, points_awarded,
      stock_before, stock_leaf, previous_leaf, created_at FROM draw_turns ORDER BY draw_no DESC LIMIT 1`)
    const names = await named()
    expect(names).toContain(`a row is in the log: draw ${person.userId}`)
    expect(names).toContain('a draw is as its turns say: DR_BY_HAND')
  })

  test('a balance that was edited is named', async () => {
    const { userId } = person
    await undoing(
      `UPDATE users SET total_points = total_points + 500 WHERE user_id = ${userId}`,
      `UPDATE users SET total_points = total_points - 500 WHERE user_id = ${userId}`,
      async () => expect(await named()).toEqual([`a balance is the sum of its ledger: ${userId}`]),
    )
  })

  test('a balance that was edited with its last ledger row is named', async () => {
    const other = await signIn(service)
    await givePoints(service, other, 7)
    const by = (points: number) => `UPDATE points_records SET points = points + ${points}, balance_after =
      balance_after + ${points} WHERE user_id = ${other.userId} ORDER BY seq DESC LIMIT 1`
    await sql(by(500))
    await sql('UPDATE users SET total_points = total_points + 500 WHERE user_id = ?', [other.userId])
    expect(await named()).toEqual([`a row is as it was logged: ledger ${other.userId}/2`])
  })
})
