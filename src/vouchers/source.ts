import { z } from 'zod'
import type { Voucher } from './schema.ts'

/** What a voucher was issued for: a turn of a draw, or an order. */
export const voucherSource = z.union([
  z.object({ draw_id: z.string(), draw_sequence: z.int() }),
  z.object({ exchange_id: z.string() }),
])

/** The `source_id` of a voucher that one turn of a draw won. */
export function drawSourceId(drawId: string, sequence: number): string {
  return `${drawId}-${sequence}`
}

/** The draw of a prize's `source_id`. */
export function drawOf(sourceId: string): string {
  return sourceId.slice(0, sourceId.indexOf('-'))
}

export function sourceOf({ kind, source_id }: Pick<Voucher, 'kind' | 'source_id'>): z.output<typeof voucherSource> {
  if (kind === 'product') return { exchange_id: source_id }
  const [draw_id = '', sequence] = source_id.split('-')
  return { draw_id, draw_sequence: Number(sequence) }
}
