import type { Receipt } from '../../verifier/documents.ts'
import { keep, recall } from '../shared/storage.ts'

/** Draws whose receipts this browser keeps, the newest ones. */
const most = 50

const nameOf = (owner: number) => `draw-receipts:${owner}`

/** Keeps what the service signed at the draw: only that can show later that something else is said of it. */
export function keepReceipt(owner: number, receipt: Receipt): void {
  const others = kept(owner).filter(({ draw_id }) => draw_id !== receipt.draw_id)
  keep(nameOf(owner), [receipt, ...others].slice(0, most))
}

export function receiptOf(owner: number, drawId: string): Receipt | undefined {
  return kept(owner).find(({ draw_id }) => draw_id === drawId)
}

const kept = (owner: number) => recall<Receipt[]>(nameOf(owner)) ?? []
