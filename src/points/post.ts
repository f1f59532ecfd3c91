import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { type User, users } from '../users/schema.ts'
import { type LedgerSource, pointsRecords } from './schema.ts'

/** A movement of points: positive to earn, negative to spend, never 0. */
export interface Entry {
  points: number
  source: LedgerSource
  /** Names the cause. A cause has one row for each source and direction. */
  related_id: string
  /** In Chinese. The user sees it unchanged. */
  description: string
}

/** The code for too few points. */
type ShortCode = 3002 | 4005

/** The largest balance the table can hold. */
const maxBalance = 2_147_483_647

/**
 * Changes the balance, appends the ledger row and announces both. Points move in no other way. Returns the new balance.
 * @throws {Refusal} `shortCode` with `required`, `current` and `shortage` when the balance is too low.
 */
export function post(unit: UnitOfWork<Push>, user: Readonly<User>, entry: Entry, shortCode: ShortCode = 4005): number {
  const { points, source, related_id, description } = entry
  const balance = user.total_points + points
  if (!Number.isSafeInteger(points) || points === 0) throw new Error(`an entry of ${points} points`)
  if (balance < 0) throw shortOf(-points, user.total_points, shortCode)
  if (balance > maxBalance) throw new Refusal(9000, { issues: [{ path: 'points', message: '积分超过上限' }] })
  const seq = user.ledger_seq + 1
  unit.update(users, user, { total_points: balance, ledger_seq: seq, updated_at: unit.now })
  unit.append(pointsRecords, {
    user_id: user.user_id,
    seq,
    points,
    type: points > 0 ? 'earn' : 'spend',
    source,
    related_id,
    description,
    balance_after: balance,
    created_at: unit.now,
  })
  unit.announce({
    to: { user_id: user.user_id },
    type: 'points_update',
    ledger_seq: seq,
    data: {
      user_id: user.user_id,
      total_points: balance,
      change_points: points,
      reason: description,
      reason_code: source,
      timestamp: unit.now.toISOString(),
    },
  })
  return balance
}

function shortOf(required: number, current: number, code: ShortCode): Refusal {
  const data = { required, current, shortage: required - current }
  return new Refusal(code, data, { sentence: `积分不足，需要 ${required} 积分，当前 ${current} 积分` })
}
