import { bigint, mysqlTable, primaryKey, tinyint } from 'drizzle-orm/mysql-core'
import { asciiText, hexBytes, instant, longBytes } from '../db/columns.ts'
import { lockOrder } from '../lock-order.ts'
import { mapTable } from '../till/table-mapping.ts'

/** The id of the only log. */
export const onlyLog = 1

/** How far the log is sealed. The row is locked whenever it grows, so there is one tree of each size. */
export const logHeadTable = mysqlTable('log_head', {
  log_id: tinyint().primaryKey(),
  /** The key that signs for the log, as others know it; null until there is one. */
  verifier_key: asciiText({ length: 300 }),
  size: bigint({ mode: 'number' }).notNull(),
  /** The roots of the full trees that the log consists of, one after the other. */
  frontier: longBytes().notNull(),
  updated_at: instant().notNull(),
})

/**
 * That nothing is sealed and nobody draws, and why; without a row all is well. Draws share the lock of the row, so it is no
 * part of the head, which is locked whenever the log grows.
 */
export const logHaltsTable = mysqlTable('log_halts', {
  log_id: tinyint().primaryKey(),
  why: asciiText({ length: 40 }).notNull(),
  halted_at: instant().notNull(),
})

/** The roots of full tiles: the hashes of the tiles above the lowest. */
export const logNodesTable = mysqlTable(
  'log_nodes',
  {
    level: tinyint().notNull(),
    node_index: bigint({ mode: 'number' }).notNull(),
    hash: hexBytes({ length: 32 }).notNull(),
  },
  // Each tile has one root. Serves `fromDatabase`, which reads the tiles above the lowest.
  (table) => [primaryKey({ columns: [table.level, table.node_index] })],
)

export const logHead = mapTable(logHeadTable, {
  rank: lockOrder.logHead,
  key: ['log_id'],
  lock: 'update',
  updates: ['verifier_key', 'size', 'frontier', 'updated_at'],
})

export const logHalts = mapTable(logHaltsTable, {
  rank: lockOrder.logHalts,
  key: ['log_id'],
  lock: 'none',
  updates: [],
})

export const logNodes = mapTable(logNodesTable, {
  rank: lockOrder.logNodes,
  key: ['level', 'node_index'],
  lock: 'none',
  updates: [],
})
