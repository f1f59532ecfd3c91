import { newId, randomCode } from '../../src/lib/random.ts'
import { type Draw, draw } from '../../src/lottery/draw.ts'
import { givePoints, type Person, signIn } from './people.ts'
import type { TestService } from './service.ts'

/** What draws ask of the till in these tests. */
export const drawSettings = { voucherTtl_days: 30, staffDraws: true }
export const drawDay = '2026-11-22'

/** Draws at a service, and who can pay for them. */
export function spinsAt(service: TestService) {
  return {
    spin: (person: Person, draw_type: unknown = 'single', idempotencyKey?: string) =>
      service.client.post('/api/lottery/draw', {
        token: person.token,
        body: { draw_type },
        ...(idempotencyKey ? { idempotencyKey } : {}),
      }),
    config: (person: Person) => service.client.get('/api/lottery/config', { token: person.token }),
    sql: (statement: string, params: unknown[] = []) => service.database.query(statement, params),
    async rich(points = 50_000) {
      const person = await signIn(service)
      await givePoints(service, person, points)
      return person
    },
    /** Runs a draw with chosen rolls, straight on the till. */
    async drawRolls(person: Person, drawType: Draw['drawType'], rolls: number[], more: Partial<Draw['settings']> = {}) {
      const codes = rolls.map(() => randomCode(10))
      const ids = { userId: person.userId, drawId: newId('DR') }
      const input = { ...ids, drawType, rolls, codes, day: drawDay, settings: { ...drawSettings, ...more } }
      return (await service.services.till.run(draw, input)).answer
    },
  }
}
