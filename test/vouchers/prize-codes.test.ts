import { expect, test } from 'bun:test'
import { readPrizeCodes } from '../../src/vouchers/queries.ts'
import { givePoints, type Person, signIn } from '../support/people.ts'
import { defaultPrize, makeCertain, win } from '../support/prizes.ts'
import { useService } from '../support/service.ts'

const service = useService()
const now = () => service.clock.now()
const codesOf = ({ userId }: Person) => readPrizeCodes(service.services.database, userId, now())

test('people whose prizes are read at the same time each get their own codes, those that expire first before others', async () => {
  const people = await Promise.all(Array.from({ length: 5 }, () => signIn(service)))
  const won = new Map<Person, string[]>()
  for (const turn of [1, 2])
    for (const person of people.slice(0, turn === 1 ? 4 : 2)) {
      const { voucher } = await win(service, person, defaultPrize.coupon)
      won.set(person, [...(won.get(person) ?? []), voucher.code])
    }
  const found = await Promise.all([...people, ...people].map(codesOf))
  const expected = people.map((person) => won.get(person) ?? [])
  expect(found.map((codes) => [...codes.values()].flat())).toEqual([...expected, ...expected])
})

test('somebody with hundreds of prizes takes no place from those who are read with them', async () => {
  const [first, rich, poor] = (await Promise.all([1, 2, 3].map(() => signIn(service)))) as [Person, Person, Person]
  const { voucher } = await win(service, poor, defaultPrize.coupon)
  await makeCertain(service, defaultPrize.coupon)
  await givePoints(service, rich, 30_000)
  for (let draws = 0; draws < 25; draws += 1)
    await service.client.post('/api/lottery/draw', { token: rich.token, body: { draw_type: 'decade' } })
  const [, ofRich, ofPoor] = await Promise.all([first, rich, poor].map(codesOf))
  expect([...(ofRich?.values() ?? [])].flat()).toHaveLength(100)
  expect([...(ofPoor?.values() ?? [])].flat()).toEqual([voucher.code])
})
