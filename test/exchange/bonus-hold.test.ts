import { describe, expect, test } from 'bun:test'
import { balanceOf, givePoints, newProduct, type Person, signIn, signInMerchant } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { newUpload } from '../support/uploads.ts'

const service = useService({ BONUS_HOLD: 'on', LOTTERY_COST_POINTS: '0' })
const submit = ({ token }: Person, product_id: number) =>
  service.client.post('/api/exchange/submit', { token, body: { product_id } })

describe('a new account, while its bonus is held', () => {
  test('is refused with 4010 before its first check-in, whatever it won or was given, and nothing changes', async () => {
    const person = await signIn(service)
    const id = await newProduct(service, 5, { exchange_points: 10 })
    expect((await submit(person, id)).code).toBe(4010)
    await service.client.post('/api/lottery/draw', { token: person.token, body: { draw_type: 'ten' } })
    await givePoints(service, person, 500)
    const before = await balanceOf(service, person)
    expect(await submit(person, id)).toMatchObject({ code: 4010, data: null })
    expect(await balanceOf(service, person)).toBe(before)
    expect((await service.client.post('/api/user/check-in', { token: person.token })).code).toBe(0)
    expect((await submit(person, id)).code).toBe(0)
  })

  test('exchanges after its first approved receipt, and not after a rejected one', async () => {
    const [person, staff] = [await signIn(service), await signInMerchant(service)]
    const id = await newProduct(service, 5, { exchange_points: 10 })
    const review = async (action: string) => {
      const upload_id = await newUpload(service, person)
      return service.client.post('/api/merchant/review', { token: staff.token, body: { upload_id, action } })
    }
    expect((await review('reject')).code).toBe(0)
    expect((await submit(person, id)).code).toBe(4010)
    expect((await review('approve')).code).toBe(0)
    expect((await submit(person, id)).code).toBe(0)
  })

  test('exchanges that race with its first check-in are refused or made, and none is made before it', async () => {
    const person = await signIn(service)
    const id = await newProduct(service, 50, { exchange_points: 1 })
    const early = await Promise.all(Array.from({ length: 10 }, () => submit(person, id)))
    expect(early.map(({ code }) => code)).toEqual(Array(10).fill(4010))
    const [checkIn, ...racing] = await Promise.all([
      service.client.post('/api/user/check-in', { token: person.token }),
      ...Array.from({ length: 20 }, () => submit(person, id)),
    ])
    expect(checkIn?.code).toBe(0)
    for (const { code } of racing) expect([0, 4010]).toContain(code)
    expect((await submit(person, id)).code).toBe(0)
  })
})
