import { lockOrder } from '../lock-order.ts'
import { derivedMapping, type Need } from '../till/table-mapping.ts'
import { onlyWheel } from './schema.ts'
import { committedWheel } from './wheel-mapping.ts'

/** What the movements of a prize and its draws leave. */
export interface PrizeLedger {
  id: number
  left: number
  /** How many steps its stock has made, and what they come to. */
  steps: number
  stepped: number
  /** How many movements there are. */
  movements: number
}

/**
 * Selects each prize with what its movements brought and its draws took, and with what its steps come to. A draw of an
 * earlier program doesn't say whether it took one: after the prize's first movement it did.
 */
export function prizeLedger(where: string): string {
  return `
    SELECT p.prize_id AS id, p.stock_remaining, COALESCE(m.moved, 0) AS moved, COALESCE(m.movements, 0) AS movements,
           COALESCE(s.steps, 0) AS steps, COALESCE(s.stepped, 0) AS stepped,
           (SELECT COUNT(*) FROM lottery_records r FORCE INDEX (lottery_records_prize)
             WHERE r.prize_id = p.prize_id AND r.wheel_version >= m.since AND r.is_pity = 0
               AND (r.took_stock = 1 OR (r.took_stock IS NULL AND r.record_id > m.last_draw))) AS taken
      FROM lottery_prizes p
      LEFT JOIN (SELECT prize_id, COUNT(*) AS movements, SUM(quantity_change) AS moved, MIN(wheel_version) AS since, MIN(last_record_id) AS last_draw
                   FROM prize_movements GROUP BY prize_id) m ON m.prize_id = p.prize_id
      LEFT JOIN (SELECT prize_id, COUNT(*) AS steps, SUM(quantity_change) AS stepped
                   FROM prize_stock_steps GROUP BY prize_id) s ON s.prize_id = p.prize_id
     WHERE ${where}`
}

/** Read while the wheel is locked: no draw takes one meanwhile. */
export const prizeLedgers = derivedMapping({
  name: 'prize ledger',
  rank: lockOrder.journals,
  updates: [],
  keyOf: ({ id }: PrizeLedger) => [id],
  async load(tx, keys) {
    const found = await tx.query<Record<'id' | 'moved' | 'taken' | 'movements' | 'steps' | 'stepped', unknown>>(
      prizeLedger('p.prize_id IN (?)'),
      [keys.flat()],
    )
    return found.map((row) => ({
      ...{ id: Number(row.id), left: Number(row.moved) - Number(row.taken), movements: Number(row.movements) },
      ...{ steps: Number(row.steps), stepped: Number(row.stepped) },
    }))
  },
})

/** The need for what is left of each prize of the wheel; asked for with the wheel. */
export function ledgersOfWheel(): Need {
  return {
    mapping: prizeLedgers,
    keys: (unit) => (unit.find(committedWheel, [onlyWheel])?.wheel.prizes ?? []).map(({ prize_id }) => [prize_id]),
  }
}
