import { describe, expect, test } from 'bun:test'
import { balanceOf, givePoints, signIn } from './support/people.ts'
import { useService } from './support/service.ts'

const service = useService()

describe('draw', () => {
  test('40 parallel draws of one user never overdraw', async () => {
    const person = await signIn(service)
    const draws = await Promise.all(
      Array.from({ length: 40 }, () =>
        service.client.post('/api/lottery/draw', { token: person.token, body: { draw_type: 'single' } }),
      ),
    )
    const made = draws.filter(({ code }) => code === 0)
    expect(draws.every(({ code }) => code === 0 || code === 3002)).toBe(true)
    const won = made.reduce((sum, { data }) => sum + data.points_awarded, 0)
    expect(await balanceOf(service, person)).toBe(1000 - 100 * made.length + won)
  })

  test('a draw by a rich user is one atom of ten', async () => {
    const person = await signIn(service)
    await givePoints(service, person, 5_000)
    const { data } = await service.client.post('/api/lottery/draw', { token: person.token, body: { draw_type: 'ten' } })
    expect(data.results).toHaveLength(10)
  })
})
