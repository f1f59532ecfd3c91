import type { Database } from '../db/client.ts'
import { isDuplicateKey } from '../db/errors.ts'
import { OperatorError } from '../lib/operator-error.ts'
import { wheelNeeds } from '../lottery/change-wheel.ts'
import { ledgersOfWheel, prizeLedgers } from '../lottery/prize-ledger.ts'
import { completeSteps } from '../lottery/prize-stock.ts'
import { lotteryPrizes, onlyWheel } from '../lottery/schema.ts'
import { committedWheel } from '../lottery/wheel-mapping.ts'
import { roleLeaf } from '../staff/leaves.ts'
import { staff } from '../staff/schema.ts'
import type { Operation } from '../till/operation.ts'
import { rows } from '../till/table-mapping.ts'
import type { Till } from '../till/till.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { statusLeaf } from '../users/leaf.ts'
import { users } from '../users/schema.ts'
import { digestOf, genesisLeaf, readBeginnings, readGenesis } from './genesis.ts'
import { compareWithLog } from './log.ts'
import { isUnlogged } from './row-comparison.ts'
import { logGenesis, theGenesis } from './schema.ts'
import { loggedStates } from './states.ts'

/** A transaction lives less long. */
const settled_s = 120

/**
 * Notes where the log begins, and a while later puts the balances and stocks up to there into it. While replicas of an
 * earlier version still write rows without leaves, it begins later. True when it began.
 * @throws {OperatorError} when the log has begun, but `log_genesis` no longer says so: a second beginning would cover
 * what was inserted since the first
 */
export async function beginLog(parts: { database: Database; till: Till }): Promise<boolean> {
  const { database, till } = parts
  const genesis = await readGenesis(database)
  if (!genesis) {
    if ((await readBeginnings(database)).length > 0) throw hasBegunBefore()
    await noteGenesis(database)
    return false
  }
  if (genesis.digest !== null || !(await isSettled(database))) return false
  const { found, hasBegun } = await compareWithLog(database, genesis)
  if (hasBegun) {
    // Another replica may have begun it meanwhile.
    if (((await readGenesis(database))?.digest ?? null) !== null) return false
    throw hasBegunBefore()
  }
  if (found.some(isUnlogged)) {
    await moveGenesis(database)
    return false
  }
  await logStates(parts)
  const digest = await digestOf(database, genesis)
  return (await till.run(recordGenesis, { digest })).answer.recorded
}

function hasBegunBefore(): OperatorError {
  return new OperatorError(
    'The log has begun, and the row of log_genesis was removed or changed: it does not begin again.',
  )
}

const lastIds = {
  last_ledger_id: '(SELECT COALESCE(MAX(record_id), 0) FROM points_records)',
  last_stock_id: '(SELECT COALESCE(MAX(movement_id), 0) FROM stock_movements)',
  last_audit_id: '(SELECT COALESCE(MAX(audit_id), 0) FROM audit_log)',
  noted_at: 'UTC_TIMESTAMP(3)',
}

async function noteGenesis({ query }: Database): Promise<void> {
  const columns = Object.keys(lastIds).join(', ')
  await query(
    `INSERT INTO log_genesis (genesis_id, ${columns}) SELECT ${theGenesis}, ${Object.values(lastIds).join(', ')}`,
  ).catch((error) => {
    if (!isDuplicateKey(error)) throw error
  })
}

async function moveGenesis({ query }: Database): Promise<void> {
  const sets = Object.entries(lastIds).map(([column, value]) => `${column} = ${value}`)
  await query(`UPDATE log_genesis SET ${sets.join(', ')} WHERE digest IS NULL`)
}

async function isSettled({ query }: Database): Promise<boolean> {
  const [row] = await query<{ age_s: number }>(
    'SELECT TIMESTAMPDIFF(SECOND, noted_at, UTC_TIMESTAMP(3)) AS age_s FROM log_genesis',
  )
  return Number(row?.age_s ?? 0) >= settled_s
}

const recordGenesis: Operation<{ digest: string }, { recorded: boolean }> = {
  name: 'begin_log',
  laneKey: () => 'log',
  needs: () => [rows(logGenesis, theGenesis), ...wheelNeeds(), ledgersOfWheel()],
  decide(unit, { digest }) {
    const row = unit.get(logGenesis, [theGenesis])
    if (row.digest !== null) return { recorded: false }
    unit.update(logGenesis, row, { digest })
    unit.log(genesisLeaf({ ...row, digest }))
    openStocks(unit)
    return { recorded: true }
  },
}

/** What programs of an earlier version took from prizes until now has no steps: one for all of it says so. */
function openStocks(unit: UnitOfWork): void {
  for (const { prize_id } of unit.find(committedWheel, [onlyWheel])?.wheel.prizes ?? [])
    completeSteps(unit, unit.get(lotteryPrizes, [prize_id]), unit.get(prizeLedgers, [prize_id]), 'opening')
}

const accountsAtOnce = 200

/** Everyone's role, and every account that is stopped, go into the log as they are: later only changes do. */
async function logStates({ database, till }: { database: Database; till: Till }): Promise<void> {
  const ids = (await Promise.all(loggedStates.map(({ known }) => known(database)))).flat()
  for (let from = 0; from < ids.length; from += accountsAtOnce)
    await till.run(recordStates, { userIds: ids.slice(from, from + accountsAtOnce) })
}

const recordStates: Operation<{ userIds: readonly number[] }, object> = {
  name: 'record_states',
  laneKey: () => 'log',
  needs: ({ userIds }) => [rows(users, ...userIds), rows(staff, ...userIds)],
  decide(unit, { userIds }) {
    for (const userId of userIds) {
      const row = unit.find(staff, [userId])
      if (row) unit.log(roleLeaf(row))
      unit.log(statusLeaf(unit.get(users, [userId])))
    }
    return {}
  },
}
