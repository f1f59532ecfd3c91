import { pointsFor } from '../contract/money.ts'
import type { Upload } from './schema.ts'

/** What the sender typed, and what was read on the photo. */
export type Amounts = Pick<Upload, 'input_amount_fen' | 'recognized_amount_fen'>

/** Two amounts agree while they differ by at most one part in this many. */
const agreement = 100

/** The lower of the typed and the read amount, or the one that there is. */
export function lowerAmount({ input_amount_fen: typed, recognized_amount_fen: read }: Amounts): number | null {
  return typed === null || read === null ? (read ?? typed) : Math.min(typed, read)
}

/** The amount that the points are estimated from: the read one, unless it is above the typed one by more than 1 %. */
function estimatedAmount(amounts: Amounts): number | null {
  const { input_amount_fen: typed, recognized_amount_fen: read } = amounts
  if (typed === null || read === null) return read ?? typed
  return Math.abs(read - typed) * agreement <= typed ? read : lowerAmount(amounts)
}

/** The points that an upload is worth as far as is known. */
export function estimateOf(amounts: Amounts): number {
  return pointsFor(estimatedAmount(amounts) ?? 0)
}
