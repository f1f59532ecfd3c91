import { expect, test } from 'bun:test'
import { readUploadCounts, uploadCounts } from '../../src/receipts/sends.ts'
import { signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { newUpload } from '../support/uploads.ts'

const service = useService()
const day_ms = 86_400_000

test('the uploads of a whole batch are counted by one statement, each person’s since their own instant', async () => {
  const [one, two, none] = [await signIn(service), await signIn(service), await signIn(service)]
  const today = service.clock.now()
  const yesterday = new Date(today.getTime() - day_ms)
  for (const created_at of [today, today, yesterday]) await newUpload(service, one, { created_at })
  await newUpload(service, two, { created_at: new Date(yesterday.getTime() - 1) })
  await newUpload(service, two, { created_at: yesterday })
  const keys = [one, two, none].flatMap(({ userId }) =>
    [today, yesterday].map((since) => [userId, since.toISOString()] as const),
  )
  let statements = 0
  const counting: Parameters<typeof readUploadCounts>[0] = {
    query: (...asked) => {
      statements += 1
      return service.database.query(...asked)
    },
  }
  const counted = await readUploadCounts(counting, keys)
  expect(counted.map(uploadCounts.keyOf)).toEqual(keys)
  expect(counted.map(({ count }) => count)).toEqual([2, 3, 0, 1, 0, 0])
  expect(statements).toBe(1)
})
