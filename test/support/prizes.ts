import type { Person } from './people.ts'
import type { TestService } from './service.ts'

/** Ids of prizes of the default wheel, by what they give. */
export const defaultPrize = { coupon: 1, points: 2, dish: 5, nothing: 8 } as const

/** Makes every draw that is not guaranteed win this prize. */
export async function makeCertain({ database, services }: TestService, prizeId: number): Promise<void> {
  await database.query('UPDATE lottery_prizes SET probability = IF(prize_id = ?, 1, 0)', [prizeId])
  services.caches.wheel.invalidate()
}

/** Draws once and returns what was won. */
export async function win(service: TestService, { token }: Person, prizeId: number) {
  await makeCertain(service, prizeId)
  // Lists are sorted by time. Two rows of the same millisecond could come in either order.
  service.clock.advance(1)
  const { data } = await service.client.post('/api/lottery/draw', { token, body: { draw_type: 'single' } })
  return { draw_id: data.draw_id, ...data.results[0] }
}

/** Brings the change that is announced forward: by the database's clock it is due now, or in a moment. */
export async function bringForward({ database }: TestService, in_ms = 0): Promise<void> {
  const from = 'UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND'
  await database.query(`UPDATE lottery_wheel SET next_from = ${from} WHERE next_from IS NOT NULL`, [in_ms * 1_000])
}
