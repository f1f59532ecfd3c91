import { boolean, index, int, mysqlTable, primaryKey, varchar } from 'drizzle-orm/mysql-core'
import { asciiText, instant, jsonText } from '../db/columns.ts'
import { lockOrder } from '../lock-order.ts'
import { mapTable } from '../till/table-mapping.ts'
import { usersTable } from '../users/schema.ts'

/** One row for each phone: the digest of its last code, and when codes were sent, for the limits. */
export const smsCodesTable = mysqlTable(
  'sms_codes',
  {
    phone: asciiText({ length: 11 }).primaryKey(),
    code_hash: asciiText({ length: 64 }).notNull(),
    expires_at: instant().notNull(),
    wrong_tries: int().notNull(),
    used_at: instant(),
    /** The codes sent in the last day, newest last: instants in ms, each with its device or alone. */
    sends: jsonText().notNull(),
    /** Wrong tries by device, of the devices that have five tries of their own. */
    tries_by: jsonText(),
  },
  // `purge`: without it each round reads every code, and waits for those in use.
  (table) => [index('sms_codes_expires_at').on(table.expires_at)],
)

export type SmsCode = typeof smsCodesTable.$inferSelect

export const smsCodes = mapTable(smsCodesTable, {
  rank: lockOrder.smsCodes,
  key: ['phone'],
  lock: 'update',
  updates: ['code_hash', 'expires_at', 'wrong_tries', 'used_at', 'sends', 'tries_by'],
})

/** A signed-in device. `generation` is the number of its latest refresh token. */
export const sessionsTable = mysqlTable(
  'sessions',
  {
    session_id: asciiText({ length: 32 }).primaryKey(),
    user_id: int()
      .notNull()
      .references(() => usersTable.user_id),
    generation: int().notNull(),
    rotated_at: instant().notNull(),
    /** Only earlier versions of the program read it. */
    repeated: boolean().notNull(),
    /** The device's name for its owner; null when the client reported nothing. */
    device: varchar({ length: 100 }),
    /** A keyed digest of phone, network and client. A device that signs in again is known by it. */
    device_hash: asciiText({ length: 64 }),
    expires_at: instant().notNull(),
    revoked_at: instant(),
    created_at: instant().notNull(),
  },
  (table) => [
    // `readLiveSessions`. The foreign key needs it too.
    index('sessions_user').on(table.user_id),
    // Serves `isKnownDevice`. Without it each code that is asked for or typed would read every session.
    index('sessions_device_hash').on(table.device_hash),
    // `purge`: without it each round reads every session, and waits for those in use.
    index('sessions_expires_at').on(table.expires_at),
  ],
)

export type Session = typeof sessionsTable.$inferSelect

export const sessions = mapTable(sessionsTable, {
  rank: lockOrder.sessions,
  key: ['session_id'],
  lock: 'update',
  updates: ['generation', 'rotated_at', 'repeated', 'expires_at', 'revoked_at'],
})

/** The first use of each refresh token, by the token's generation. */
export const sessionRefreshesTable = mysqlTable(
  'session_refreshes',
  {
    session_id: asciiText({ length: 32 })
      .notNull()
      .references(() => sessionsTable.session_id, { onDelete: 'cascade' }),
    generation: int().notNull(),
    used_at: instant().notNull(),
    user_agent_hash: asciiText({ length: 64 }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.session_id, table.generation] }),
    index('session_refreshes_used_at').on(table.used_at),
  ],
)

export const sessionRefreshes = mapTable(sessionRefreshesTable, {
  rank: lockOrder.sessionRefreshes,
  key: ['session_id', 'generation'],
  lock: 'none',
  updates: [],
})
