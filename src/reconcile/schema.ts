import { bigint, mysqlTable, tinyint } from 'drizzle-orm/mysql-core'
import { hexBytes, instant } from '../db/columns.ts'
import { lockOrder } from '../lock-order.ts'
import { mapTable } from '../till/table-mapping.ts'

/** The id of the only row. */
export const theGenesis = 1

/** Where the log began. Rows up to these ids are older: one leaf stands for the balances and stocks that they come to. */
export const logGenesisTable = mysqlTable('log_genesis', {
  genesis_id: tinyint().primaryKey(),
  last_ledger_id: bigint({ mode: 'number' }).notNull(),
  last_stock_id: bigint({ mode: 'number' }).notNull(),
  last_audit_id: bigint({ mode: 'number' }).notNull(),
  noted_at: instant().notNull(),
  /** Of those balances and stocks; null until every commit has ended that could still add a row below these ids. */
  digest: hexBytes({ length: 32 }),
})

export const logGenesis = mapTable(logGenesisTable, {
  rank: lockOrder.logGenesis,
  key: ['genesis_id'],
  lock: 'update',
  updates: ['digest'],
})
