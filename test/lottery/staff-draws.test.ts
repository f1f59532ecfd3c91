import { describe, expect, test } from 'bun:test'
import { roles } from '../../src/staff/roles.ts'
import { appoint, balanceOf, signIn, signInStaff } from '../support/people.ts'
import { useService } from '../support/service.ts'

const service = useService({ STAFF_DRAWS: 'off' })
const spin = async (token: string) =>
  (await service.client.post('/api/lottery/draw', { token, body: { draw_type: 'single' } })).code

describe('with STAFF_DRAWS off', () => {
  test.each(roles)('someone who is %s doesn’t draw (3005), and it costs nothing', async (role) => {
    const person = await signInStaff(service, role)
    expect(await spin(person.token)).toBe(3005)
    expect(await balanceOf(service, person)).toBe(1_000)
  })

  test('a role counts from the moment that it is given until it is taken away', async () => {
    const person = await signIn(service)
    expect(await spin(person.token)).toBe(0)
    await appoint(service, person, 'cashier')
    expect(await spin(person.token)).toBe(3005)
    await appoint(service, person, null)
    expect(await spin(person.token)).toBe(0)
  })

  test('of draws that race the grant, none takes effect after it', async () => {
    const person = await signIn(service)
    let isGranted = false
    const granting = appoint(service, person, 'manager').then(() => {
      isGranted = true
    })
    for (let draws = 0; draws < 8; draws += 1) {
      const wasGranted = isGranted
      const code = await spin(person.token)
      if (wasGranted) expect(code).toBe(3005)
    }
    await granting
  })
})
