import { expect, test } from 'bun:test'
import { oncePer } from '../../src/lib/once-per.ts'

test('a value is computed once for each object, and again for another one', () => {
  let made = 0
  const counted = oncePer(({ name }: { name: string }) => {
    made += 1
    return { name, made }
  })
  const [one, other] = [{ name: 'a' }, { name: 'a' }]
  expect([counted(one), counted(one), counted(other), counted(one)]).toEqual([
    { name: 'a', made: 1 },
    { name: 'a', made: 1 },
    { name: 'a', made: 2 },
    { name: 'a', made: 1 },
  ])
})
