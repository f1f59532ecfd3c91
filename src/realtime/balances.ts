import type { Database } from '../db/client.ts'

/** A balance and the ledger row that made it. */
export interface Balance {
  total_points: number
  ledger_seq: number
}

interface Waiting {
  userId: number
  resolve: (balance: Balance) => void
  reject: (error: unknown) => void
}

const mostAQuery = 500

/**
 * Makes a function that reads the balance of a user who connects. Users who connect during a query share the next one,
 * so that thousands who return after a restart cost a few queries. It rejects for an account that doesn't exist.
 */
export function createBalanceReader(database: Pick<Database, 'query'>): (userId: number) => Promise<Balance> {
  const queue: Waiting[] = []
  let reading = false

  const read = async (waiting: readonly Waiting[]) => {
    const rows = await database.query<Balance & { user_id: number }>(
      'SELECT user_id, total_points, ledger_seq FROM users WHERE user_id IN (?)',
      [[...new Set(waiting.map(({ userId }) => userId))]],
    )
    const found = new Map(rows.map((row) => [row.user_id, row]))
    for (const { userId, resolve, reject } of waiting) {
      const balance = found.get(userId)
      if (balance) resolve(balance)
      else reject(new Error('the account of a socket is gone'))
    }
  }
  const readAll = async () => {
    reading = true
    while (queue.length > 0) {
      const waiting = queue.splice(0, mostAQuery)
      await read(waiting).catch((error) => {
        for (const { reject } of waiting) reject(error)
      })
    }
    reading = false
  }
  return (userId) =>
    new Promise((resolve, reject) => {
      queue.push({ userId, resolve, reject })
      if (!reading) void readAll()
    })
}
