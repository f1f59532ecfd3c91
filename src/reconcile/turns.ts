import type { Database } from '../db/client.ts'
import { type Progress, unwatched } from '../lib/progress.ts'
import { findBroken, type Invariant, type Mismatch } from './checks.ts'

/** Turns of a range of users, each with its place in its draw. */
const numbered = `
  SELECT *, draw_no - MIN(draw_no) OVER (PARTITION BY user_id, draw_id) + 1 AS draw_sequence
    FROM draw_turns FORCE INDEX (PRIMARY) WHERE user_id BETWEEN ? AND ?`

/** The counter of turns without the guaranteed prize, after a turn. */
const counterAfter = 'IF(t.prize_id = v.pity_prize_id, 0, t.pity_before + 1)'

/**
 * What the log's turns say, against everything else that tells of draws. Only turns with a seed are counted on: older
 * programs, which leave no turns, may draw beside those without.
 */
const invariants: readonly Invariant[] = [
  {
    name: 'a draw is as its turns say',
    along: ['draw_turns', 'user_id'],
    sql: `
      SELECT t.draw_id AS id, t.draw_no, t.prize_id, r.prize_id AS shown FROM (${numbered}) t
        LEFT JOIN lottery_records r FORCE INDEX (lottery_records_draw)
          ON r.draw_id = t.draw_id AND r.draw_sequence = t.draw_sequence AND r.user_id = t.user_id
       WHERE r.prize_id IS NULL OR r.prize_id <> t.prize_id OR NOT (r.roll <=> t.roll)
          OR r.points_awarded <> t.points_awarded OR r.is_near_miss <> t.is_near_miss
          OR r.is_pity <> (t.roll IS NULL) OR r.wheel_version <> t.wheel_version`,
  },
  {
    name: 'a draw has its turns',
    along: ['lottery_records', 'user_id'],
    // A record of an older program doesn't say whether it took from a stock.
    sql: `
      SELECT r.user_id AS id, COUNT(r.took_stock) AS shown,
             (SELECT COUNT(*) FROM draw_turns t FORCE INDEX (PRIMARY) WHERE t.user_id = r.user_id) AS turns
        FROM lottery_records r FORCE INDEX (lottery_records_user) WHERE r.user_id BETWEEN ? AND ? GROUP BY r.user_id
      HAVING shown > turns`,
  },
  {
    name: 'a turn goes on from the one before it',
    along: ['draw_turns', 'user_id'],
    sql: `
      SELECT user_id AS id, draw_no, pity_before, expected FROM (
        SELECT t.user_id, t.draw_no, t.pity_before, t.chain_id, LAG(t.draw_no) OVER before_it AS last_no,
               LAG(t.chain_id) OVER before_it AS last_chain, LAG(${counterAfter}) OVER before_it AS expected
          FROM draw_turns t FORCE INDEX (PRIMARY) LEFT JOIN wheel_versions v ON v.version = t.wheel_version
         WHERE t.user_id BETWEEN ? AND ?
        WINDOW before_it AS (PARTITION BY t.user_id ORDER BY t.draw_no)) turned
       WHERE (last_no IS NOT NULL AND draw_no <> last_no + 1)
          OR (chain_id IS NOT NULL AND last_chain IS NOT NULL AND NOT (pity_before <=> expected))`,
  },
  {
    name: 'a counter is where the last turn left it',
    along: ['draw_turns', 'user_id'],
    sql: `
      SELECT p.user_id AS id, p.draw_no, p.current_count, t.draw_no AS last_no, ${counterAfter} AS expected
        FROM lottery_pity p
        JOIN (SELECT user_id, MAX(draw_no) AS draw_no FROM draw_turns FORCE INDEX (PRIMARY)
               WHERE user_id BETWEEN ? AND ? GROUP BY user_id) last ON last.user_id = p.user_id
        JOIN draw_turns t FORCE INDEX (PRIMARY) ON t.user_id = last.user_id AND t.draw_no = last.draw_no
        LEFT JOIN wheel_versions v ON v.version = t.wheel_version
       WHERE p.draw_no <> t.draw_no OR (t.chain_id IS NOT NULL AND NOT (p.current_count <=> ${counterAfter}))`,
  },
  {
    name: 'a draw is of an epoch that was opened with its wheel',
    along: ['draw_turns', 'user_id'],
    sql: `
      SELECT t.draw_id AS id, t.draw_no, t.epoch, t.wheel_version FROM draw_turns t FORCE INDEX (PRIMARY)
        LEFT JOIN fair_epochs e FORCE INDEX (PRIMARY) ON e.epoch = t.epoch AND e.wheel_version = t.wheel_version
       WHERE t.user_id BETWEEN ? AND ? AND t.chain_id IS NOT NULL
         AND (e.epoch IS NULL OR e.chain_id <> t.chain_id OR e.wheel_hash <> t.wheel_hash)`,
  },
]

/** Every turn of a draw that does not agree with the draw, with the turn before it, with its counter or with its epoch. */
export function findTurnMismatches(
  database: Database,
  stop?: AbortSignal,
  progress: Progress = unwatched,
): Promise<Mismatch[]> {
  return findBroken(database, { invariants, what: 'ranges of turns' }, stop, progress)
}
