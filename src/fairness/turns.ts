import type { Leaf } from '../till/log-entry.ts'
import type { Hash } from '../tlog/format/tree.ts'
import type { Draw, Turn } from '../verifier/documents.ts'
import { turnLeaf } from './leaves.ts'

/** A turn as it is kept: with what its draw says, and the leaf before it. */
export type KeptTurn = Turn & Omit<Draw, 'turns' | 'at_ms'> & { wheel_version: number; created_at: Date }

const known = new WeakMap<object, Hash>()

/** The leaf of a kept turn; made once for each row. */
export function leafOfTurn(row: KeptTurn): Hash {
  const found = known.get(row)
  if (found) return found
  const made = turnLeaf({ ...row, at_ms: row.created_at.getTime() }, row, row.previous_leaf).hash()
  known.set(row, made)
  return made
}

/** What the log says of a turn. */
export function logTurn(row: KeptTurn): Leaf {
  return { label: `draw ${row.user_id}/${row.draw_no}`, hash: leafOfTurn(row) }
}

/** The draws that kept turns, in their order, make up. */
export function drawsOf(rows: readonly KeptTurn[]): Draw[] {
  const draws: Draw[] = []
  for (const row of rows) {
    const last = draws.at(-1)
    if (last?.draw_id === row.draw_id) last.turns.push(turnIn(row))
    else draws.push(drawIn(row))
  }
  return draws
}

function drawIn(row: KeptTurn): Draw {
  const { draw_id, user_id, chain_id, epoch, wheel_hash, client_seed, client_seed_source, previous_leaf } = row
  const facts = { draw_id, user_id, chain_id, epoch, wheel_hash, client_seed, client_seed_source, previous_leaf }
  return { ...facts, at_ms: row.created_at.getTime(), turns: [turnIn(row)] }
}

function turnIn(row: KeptTurn): Turn {
  const { draw_no, pity_before, roll, prize_id, fell_through, is_near_miss, points_awarded } = row
  const { stock_before, stock_leaf } = row
  return { draw_no, pity_before, roll, prize_id, fell_through, is_near_miss, points_awarded, stock_before, stock_leaf }
}
