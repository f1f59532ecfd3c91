import { beforeAll, beforeEach, expect, test } from 'bun:test'
import { createFindFlags } from '../../src/receipts/find-flags.ts'
import { createNearCopies } from '../../src/receipts/near-copies.ts'
import { type Fingerprint, fingerprintOf } from '../../src/receipts/photo/fingerprint.ts'
import { jpegOf, picture } from '../support/images.ts'
import { type Person, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { newUpload } from '../support/uploads.ts'

const service = useService()
const reading = { amount_fen: 8_850, paidAt: '2026-11-22T12:00:00', merchantName: null, receiptNumber: '0012' }
const found = { read_number: '0012', read_paid_at: '2026-11-22T10:00:00', recognized_amount_fen: 8_850 }
let other: Person
let fingerprint: Fingerprint
let image_phash: string

beforeAll(async () => {
  fingerprint = await fingerprintOf(await jpegOf(picture(1)))
  image_phash = fingerprint.hash
})
beforeEach(async () => {
  other = await signIn(service)
})

const findFlagsOf = (uploadId = 'UP_OWN') => {
  const { database, services, clock } = service
  const rules = { isRead: false, merchantNames: [] }
  const deps = { database, nearCopies: createNearCopies(database), calendar: services.calendar, now: clock.now, rules }
  return createFindFlags(deps, { uploadId, input_fen: 8_850, fingerprint })
}
const similar = (upload_id: string) => ({ flag: 'similar_photo', upload_id }) as const
const repeated = (upload_id: string) => ({ flag: 'repeated_number', upload_id }) as const

test('an upload with the same number and day, and one with the same amount, are found behind any number of others', async () => {
  const original = await newUpload(service, other, { ...found, image_phash })
  for (let day = 1; day <= 8; day += 1)
    await newUpload(service, other, {
      ...{ read_number: '0012', read_paid_at: `2026-11-0${day}T10:00:00`, recognized_amount_fen: day, image_phash },
    })
  expect(await findFlagsOf()(reading)).toEqual([similar(original), repeated(original)])
})

test('flags are found only once while no other upload comes and the reading stays the same', async () => {
  const original = await newUpload(service, other, { ...found, image_phash })
  const findFlags = findFlagsOf()
  const flags = await findFlags(reading)
  expect(flags).toEqual([similar(original), repeated(original)])
  expect(await findFlags(reading)).toBe(flags)
})

test('an upload is never found as a copy of itself, and filing it is no reason to look again', async () => {
  const findFlags = findFlagsOf('UP_2222222222222222')
  const flags = await findFlags(reading)
  await newUpload(service, other, { ...found, image_phash, upload_id: 'UP_2222222222222222' })
  expect(flags).toEqual([])
  expect(await findFlags(reading)).toBe(flags)
})

test('an upload that came since the last look is found, and so are those from before', async () => {
  const before = await newUpload(service, other, { ...found, image_phash })
  const findFlags = findFlagsOf()
  await findFlags(reading)
  const since = await newUpload(service, other, { ...found, image_phash })
  expect(await findFlags(reading)).toEqual([similar(since), similar(before), repeated(since), repeated(before)])
})

test('a late reading tells copies apart by their amounts, even when no other upload came', async () => {
  const copies = []
  for (const recognized_amount_fen of [8_850, 1, 2, 3, 4, 5]) {
    copies.push(await newUpload(service, other, { ...found, recognized_amount_fen, image_phash }))
  }
  const findFlags = findFlagsOf()
  expect(await findFlags(null)).toEqual(copies.toReversed().slice(0, 5).map(similar))
  expect(await findFlags(reading)).toContainEqual(similar(copies[0] as string))
  expect((await findFlags(reading)).filter(({ flag }) => flag === 'similar_photo')).toHaveLength(1)
})
