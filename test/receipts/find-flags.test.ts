import { beforeAll, beforeEach, expect, test } from 'bun:test'
import { createFindFlags } from '../../src/receipts/find-flags.ts'
import { createNearCopies } from '../../src/receipts/near-copies.ts'
import { type Fingerprint, fingerprintOf } from '../../src/receipts/photo/fingerprint.ts'
import { jpegOf, picture } from '../support/images.ts'
import { type Person, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { newUpload, readText } from '../support/uploads.ts'

const service = useService()
const reading = {
  ...{ amount_fen: 8_850, paidAt: '2026-11-22T12:00:00', merchantName: null, receiptNumber: '0012', text: '' },
}
const found = { read_number: '0012', read_paid_at: '2026-11-22T12:00:00', recognized_amount_fen: 8_850 }
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

const findFlagsOf = (uploadId = 'UP_OWN', userId = 0) => {
  const { database, services, clock } = service
  const rules = { isRead: false, merchantNames: [] }
  const deps = { database, nearCopies: createNearCopies(database), calendar: services.calendar, now: clock.now, rules }
  return createFindFlags(deps, { uploadId, userId, input_fen: 8_850, fingerprint })
}
const similar = (upload_id: string) => ({ flag: 'similar_photo', upload_id }) as const
const altered = (upload_id: string) => ({ flag: 'altered_copy', upload_id }) as const
const repeated = (upload_id: string) => ({ flag: 'repeated_number', upload_id }) as const

test('an upload with the same number and day is found behind any number of others that look alike', async () => {
  const original = await newUpload(service, other, { ...found, image_phash })
  for (let day = 1; day <= 8; day += 1)
    await newUpload(service, other, {
      ...{ read_number: '0012', read_paid_at: `2026-11-0${day}T10:00:00`, recognized_amount_fen: day, image_phash },
    })
  expect(await findFlagsOf().early(reading)).toEqual([similar(original), repeated(original)])
})

test('an upload is never found as a copy of itself', async () => {
  const findFlags = findFlagsOf('UP_2222222222222222')
  expect(await findFlags.early(reading)).toEqual([])
  await newUpload(service, other, { ...found, image_phash, upload_id: 'UP_2222222222222222' })
  expect(await findFlags.all(reading)).toEqual([])
})

test('an upload that came since the last look is found, and so are those from before', async () => {
  const before = await newUpload(service, other, { ...found, image_phash })
  const findFlags = findFlagsOf()
  await findFlags.early(reading)
  const since = await newUpload(service, other, { ...found, image_phash })
  expect(await findFlags.all(reading)).toEqual([similar(since), similar(before), repeated(since), repeated(before)])
})

test('a look-alike with another amount is an altered copy, whatever else looks alike, and named first', async () => {
  const copies = []
  for (const recognized_amount_fen of [8_850, 1, 2]) {
    copies.push(await newUpload(service, other, { ...found, recognized_amount_fen, image_phash }))
  }
  const [same = '', one = '', two = ''] = copies
  const findFlags = findFlagsOf()
  expect(await findFlags.early(null)).toEqual([similar(two), similar(one), similar(same)])
  const named = (await findFlags.all(reading)).filter(({ flag }) => flag !== 'repeated_number')
  expect(named).toEqual([altered(two), altered(one), similar(same)])
})

test('look-alikes whose time or number differs are other receipts, and have no flag', async () => {
  const screen = { read_number: null, read_paid_at: null, recognized_amount_fen: 8_850, image_phash }
  await newUpload(service, other, { ...screen, read_paid_at: '2026-11-22T12:00:01' })
  await newUpload(service, other, { ...screen, read_number: '0013', recognized_amount_fen: 900 })
  expect(await findFlagsOf().all(reading)).toEqual([])
  const unsure = await newUpload(service, other, { ...screen, read_paid_at: '2026-11-22T00:00:00' })
  expect(await findFlagsOf().all(reading)).toEqual([similar(unsure)])
})

/** The flags that name other uploads. */
const namedBy = async (own: typeof reading, findFlags = findFlagsOf()) =>
  (await findFlags.all(own)).filter(({ upload_id }) => upload_id !== null)

const text =
  '川味小馆\n单号:202611220012 桌号:A03\n结账时间:2026-11-22 12:00:41\n酸菜鱼 1 78.00\n米饭 2 4.00\n合计 88.50'
const earlier = (fields: object, written = text) => readText(service, other, fields, written)

test('a receipt whose text was read before is the same receipt, whatever its photo looks like', async () => {
  const original = await earlier({ recognized_amount_fen: 8_850 })
  const unread = await earlier({ recognized_amount_fen: null })
  const flags = await findFlagsOf().all({ ...reading, text })
  expect(flags.map(({ flag, upload_id }) => [flag, upload_id])).toEqual([
    ['same_receipt', unread],
    ['same_receipt', original],
  ])
})

test('a text that was read before with another amount is an altered copy', async () => {
  const original = await earlier({ recognized_amount_fen: 8_850 })
  const repainted = { ...reading, amount_fen: 98_850, text: text.replace('88.50', '988.50') }
  expect(await namedBy(repainted)).toEqual([altered(original)])
})

test('another receipt of the same restaurant, day and dishes has no flag', async () => {
  await earlier({ recognized_amount_fen: 8_850 })
  const next = text.replace('202611220012', '202611220013').replace('12:00:41', '12:03:07')
  expect(await findFlagsOf().all({ ...reading, receiptNumber: '202611220013', text: next })).toEqual([])
})

test('texts are searched among those of the last 90 days, and only after the upload is filed', async () => {
  await earlier({ recognized_amount_fen: 8_850 })
  const own = { ...reading, text }
  expect(await findFlagsOf().early(own)).toEqual([])
  service.clock.advance(89 * 86_400_000)
  expect(await namedBy(own)).toHaveLength(1)
  service.clock.advance(2 * 86_400_000)
  expect(await namedBy(own)).toEqual([])
})

test('a mark that many receipts bear does not hide the copies of one', async () => {
  const original = await earlier({ recognized_amount_fen: 8_850 })
  for (let one = 0; one < 120; one += 1) await earlier({}, `川味小馆\n单号:202611220012\n酸菜鱼 ${one}`)
  expect(await findFlagsOf().all({ ...reading, text })).toContainEqual({ flag: 'same_receipt', upload_id: original })
})

test('a hundred copies of one receipt do not make the next one unknown', async () => {
  for (let copy = 0; copy < 110; copy += 1) await earlier({ recognized_amount_fen: 8_850 })
  expect(await findFlagsOf().all({ ...reading, text })).toHaveLength(5)
})

test('one merchant, time and amount are the same receipt, unless two numbers say otherwise', async () => {
  const moment = { ...found, read_merchant: '川味小馆(人民路店)' }
  const one = await earlier({ ...moment, read_number: null }, '川味小馆\n2026-11-22 12:00:00')
  await earlier({ ...moment, read_number: '0013' }, '川味小馆\n2026-11-22 12:00:00')
  const own = { ...reading, merchantName: '川昧小馆', text: '2026-11-22 12:00:00\n微信支付\n今天天气很好\n广告' }
  expect(await findFlagsOf().all(own)).toEqual([{ flag: 'same_receipt', upload_id: one }])
})

test('a second photo of one’s own rejected receipt is no copy, unless its amount is another', async () => {
  const original = await earlier({ recognized_amount_fen: 8_850, review_status: 'rejected', image_phash })
  const mine = findFlagsOf('UP_OWN', other.userId)
  expect(await mine.all({ ...reading, text })).toEqual([])
  expect(await namedBy({ ...reading, amount_fen: 9_900, text }, mine)).toEqual([altered(original)])
  expect(await findFlagsOf().all({ ...reading, text })).toEqual([{ flag: 'same_receipt', upload_id: original }])
})
