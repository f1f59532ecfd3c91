import type { Leaf } from '../till/log-entry.ts'
import { sha256 } from '../tlog/format/tree.ts'
import type { StockStep } from '../verifier/documents.ts'
import { stockStepLeaf } from './leaves.ts'

/** A step of a prize's stock as it is kept. */
type KeptStep = Omit<StockStep, 'at_ms'> & { created_at: Date }

/** What the log says of a step. */
export function logStockStep(row: KeptStep): Leaf {
  return { label: `prize ${row.prize_id}/${row.seq}`, hash: sha256(stockStepLeaf(stepIn(row))) }
}

/** A kept step, as its leaf and a proof say it. */
export function stepIn(row: KeptStep): StockStep {
  const { prize_id, seq, operation, quantity_change, stock_after, previous_leaf, created_at } = row
  return { prize_id, seq, operation, quantity_change, stock_after, previous_leaf, at_ms: created_at.getTime() }
}
