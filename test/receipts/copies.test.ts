import { beforeEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import { type Person, signIn, signInMerchant } from '../support/people.ts'
import { photographed, repainted, scenes } from '../support/rephotograph.ts'
import { useService } from '../support/service.ts'
import { photoForm } from '../support/uploads.ts'

const service = useService({ OCR: 'on', OCR_WAIT_MS: '60000', UPLOAD_AMOUNT: 'optional' })
const folder = join(import.meta.dir, '../samples')
const truth: { file: string }[] = await Bun.file(join(folder, 'ground-truth.json')).json()
const sample = async (at: number) => Bun.file(join(folder, truth[at]?.file ?? '')).bytes()
const timeout_ms = 120_000
let victim: Person
let thief: Person

beforeEach(async () => {
  victim = await signIn(service)
  thief = await signIn(service)
})

async function send({ token }: Person, image: Uint8Array) {
  const form = photoForm(new Uint8Array(image))
  const { code, data } = await service.client.post('/api/photo/upload', { token, form })
  expect(code).toBe(0)
  await service.services.receipts.receive.settled()
  return data
}

async function flagsFor(uploadId: string): Promise<{ flag: string; upload_id: string | null }[]> {
  const { token } = await signInMerchant(service)
  const { data } = await service.client.get('/api/merchant/pending-reviews?limit=100', { token })
  return data.reviews.find(({ upload_id }: { upload_id: string }) => upload_id === uploadId).flags
}

test.each([...Object.keys(scenes).entries()])(
  'sample receipt %d, sent again %s, is the same receipt, and its sender does not learn of the other',
  async (at, name) => {
    const image = await sample(at)
    const original = await send(victim, image)
    const copy = await send(thief, await photographed(image, scenes[name] as (typeof scenes)[string]))
    expect(await flagsFor(copy.upload_id)).toContainEqual({ flag: 'same_receipt', upload_id: original.upload_id })
    const own = await service.client.get(`/api/photo/review/${copy.upload_id}`, { token: thief.token })
    const history = await service.client.get('/api/photo/history', { token: thief.token })
    expect(JSON.stringify([copy, own.data, history.data])).not.toContain(original.upload_id)
  },
  timeout_ms,
)

test(
  'a receipt whose total was painted over is an altered copy of the one before',
  async () => {
    const image = await sample(1)
    const original = await send(victim, image)
    const digit = { from: [587, 445], to: [431, 445], size: [65, 100] } as const
    const copy = await send(thief, await repainted(image, digit))
    expect([original.recognized_amount, copy.recognized_amount]).toEqual(['88.50', '58.50'])
    const flags = await flagsFor(copy.upload_id)
    expect(flags[0]).toEqual({ flag: 'altered_copy', upload_id: original.upload_id })
  },
  timeout_ms,
)

test(
  'different receipts have no flag of a copy',
  async () => {
    for (const at of [0, 1, 2]) {
      const { upload_id } = await send(victim, await sample(at))
      expect((await flagsFor(upload_id)).filter((flag) => flag.upload_id !== null)).toEqual([])
    }
  },
  timeout_ms,
)
