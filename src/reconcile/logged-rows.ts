import type { Database } from '../db/client.ts'
import { stockMovementsTable } from '../exchange/schema.ts'
import { stockLeaf } from '../exchange/stock-leaf.ts'
import { drawTurnsTable, prizeStockStepsTable } from '../fairness/schema.ts'
import { logStockStep } from '../fairness/stock-steps.ts'
import { logTurn } from '../fairness/turns.ts'
import { ledgerLeaf } from '../points/leaf.ts'
import { pointsRecordsTable } from '../points/schema.ts'
import { auditLeaf } from '../staff/leaves.ts'
import { auditLogTable } from '../staff/schema.ts'
import { decoderOf } from '../till/table-mapping.ts'
import { type LoggedTable, second, select } from './logged-table.ts'

const beforeSlash = (label: string) => second(label).split('/')[0] ?? ''
const pairOf = (label: string) => second(label).split('/').map(Number)

const decodeLedger = decoderOf(pointsRecordsTable)
const decodeStock = decoderOf(stockMovementsTable)
const decodeAudit = decoderOf(auditLogTable)
const decodeStep = decoderOf(prizeStockStepsTable)
const decodeTurn = decoderOf(drawTurnsTable)

/** Rows by a key of two columns. MariaDB finds no index for a list of pairs. */
function selectByPairs(
  database: Database,
  table: string,
  [first, second]: readonly [string, string],
  pairs: readonly (readonly (string | number)[])[],
): Promise<Record<string, unknown>[]> {
  const where = pairs.map(() => `(${first} = ? AND ${second} = ?)`).join(' OR ')
  return select(database, `SELECT * FROM ${table} WHERE ${where}`, pairs.flat())
}

export const loggedTables: readonly LoggedTable[] = [
  {
    ...{ kind: 'ledger', table: 'points_records', group: 'user_id', place: 'seq' },
    older: { column: 'record_id', last: 'last_ledger_id' },
    groupOf: beforeSlash,
    rowsOf: (database, labels) => selectByPairs(database, 'points_records', ['user_id', 'seq'], labels.map(pairOf)),
    leavesOf: (_, rows) => rows.map((row) => ledgerLeaf(decodeLedger(row))),
  },
  {
    ...{ kind: 'stock', table: 'stock_movements', group: 'commodity_id', place: 'movement_id' },
    older: { column: 'movement_id', last: 'last_stock_id' },
    groupOf: second,
    rowsOf(database, labels) {
      const keys = labels.map((label) => label.split(' ').slice(2).reverse())
      return selectByPairs(database, 'stock_movements', ['related_id', 'operation'], keys)
    },
    leavesOf: (_, rows) => rows.map((row) => stockLeaf(decodeStock(row))),
  },
  {
    ...{ kind: 'audit', table: 'audit_log', group: 'action', place: 'audit_id' },
    older: { column: 'audit_id', last: 'last_audit_id' },
    groupOf: second,
    rowsOf(database, labels) {
      const times = [...new Set(labels.map((label) => new Date(label.split(' ')[2] ?? '')))]
      return select(database, 'SELECT * FROM audit_log WHERE created_at IN (?)', [times])
    },
    leavesOf: (_, rows) => rows.map((row) => auditLeaf(decodeAudit(row))),
  },
  {
    ...{ kind: 'draw', table: 'draw_turns', group: 'user_id', place: 'draw_no' },
    groupOf: beforeSlash,
    rowsOf: (database, labels) => selectByPairs(database, 'draw_turns', ['user_id', 'draw_no'], labels.map(pairOf)),
    leavesOf: (_, rows) => rows.map((row) => logTurn(decodeTurn(row))),
    epochOf: ({ chain_id, epoch }) => (chain_id === null ? undefined : Number(epoch)),
  },
  {
    ...{ kind: 'prize', table: 'prize_stock_steps', group: 'prize_id', place: 'seq' },
    groupOf: beforeSlash,
    rowsOf: (database, labels) => selectByPairs(database, 'prize_stock_steps', ['prize_id', 'seq'], labels.map(pairOf)),
    leavesOf: (_, rows) => rows.map((row) => logStockStep(decodeStep(row))),
  },
]
