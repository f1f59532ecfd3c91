import { afterEach, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createReader, type Reader, type ReaderOptions } from '../../../src/receipts/reading/reader.ts'
import { until } from '../../support/sockets.ts'

const samples = join(import.meta.dir, '../../samples')
const countedWorker = new URL('../../support/counted-reader-worker.ts', import.meta.url)
const moodyWorker = new URL('../../support/moody-reader-worker.ts', import.meta.url)

let close: (() => Promise<void>) | undefined

afterEach(async () => {
  await close?.()
  close = undefined
})

async function openReader(options: Partial<ReaderOptions> = {}): Promise<Reader> {
  const scratchDir = await mkdtemp(join(tmpdir(), 'reader-test-'))
  const reader = createReader({ timeout_ms: 60_000, maxWaiting: 4, idle_ms: 60_000, scratchDir, ...options })
  close = async () => {
    await reader.close()
    await rm(scratchDir, { recursive: true })
  }
  return reader
}

const sample = (name: string): Promise<Uint8Array> => Bun.file(join(samples, name)).bytes()
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

test('every sample receipt is read right while the event loop stays free', async () => {
  const truth: { file: string; amount: number }[] = await Bun.file(join(samples, 'ground-truth.json')).json()
  const reader = await openReader()
  const stopClock = startClock()
  const startedAt = performance.now()
  const read: Record<string, string | undefined> = {}
  for (const { file } of truth) {
    const reading = await reader.read(await sample(file))
    read[file] = (Number(reading?.amount_fen) / 100).toFixed(2)
  }
  expect(read).toEqual(Object.fromEntries(truth.map(({ file, amount }) => [file, amount.toFixed(2)])))
  expect(reader.stats()).toEqual({ reads: truth.length, failures: 0, skipped: 0, queueLength: 0, busy: false })
  // Read on the event loop, each would stop the clock for as long as it takes.
  expect(stopClock()).toBeLessThan((performance.now() - startedAt) / truth.length / 4)
}, 120_000)

test.each([90, 180, 270] as const)(
  'a photo turned by %d degrees is read as if it were upright',
  async (degrees) => {
    const reader = await openReader()
    const turned = await new Bun.Image(await sample('08-faded.jpg')).rotate(degrees).jpeg({ quality: 80 }).bytes()
    expect(await reader.read(turned)).toMatchObject({ amount_fen: 3650, merchantName: '沙县小吃' })
  },
  60_000,
)

test('a photo without text, and bytes that are no image, do the reader no harm', async () => {
  const reader = await openReader()
  const dot = await new Bun.Image(await sample('08-faded.jpg')).resize(1, 1).png().bytes()
  const blank = await new Bun.Image(dot).resize(300, 300).jpeg().bytes()
  expect(await reader.read(blank)).toMatchObject({ amount_fen: null })
  expect(await reader.read(bytesOf('no image'))).toBeNull()
  expect(await reader.read(await sample('08-faded.jpg'))).toMatchObject({ amount_fen: 3650 })
  expect(reader.stats()).toMatchObject({ reads: 2, failures: 1 })
}, 60_000)

test.each(['hang up!', 'drop it!', 'throw it'])(
  'a worker that meets "%s" is replaced, and the next photo is read',
  async (mischief) => {
    const reasons: string[] = []
    const reader = await openReader({
      workerUrl: moodyWorker,
      timeout_ms: 25_000,
      onFailure: (reason) => reasons.push(reason),
    })
    const [lost, read] = await Promise.all([reader.read(bytesOf(mischief)), reader.read(await sample('08-faded.jpg'))])
    expect(lost).toBeNull()
    expect(read).toMatchObject({ amount_fen: 3650 })
    expect(reasons).toHaveLength(1)
    expect(reader.stats()).toMatchObject({ reads: 1, failures: 1 })
  },
  90_000,
)

test('a photo that takes too long costs its reading, and never the process', async () => {
  const command = [
    process.execPath,
    join(import.meta.dir, '../../support/read-hastily.ts'),
    join(samples, '08-faded.jpg'),
  ]
  const hasty = Bun.spawn(command, { stdout: 'pipe', stderr: 'inherit' })
  const lines = (await new Response(hasty.stdout).text()).trim().split('\n')
  expect([lines[0], lines.at(-1)]).toEqual(['150: nothing', 'alive'])
  expect(await hasty.exited).toBe(0)
}, 60_000)

test('a worker program that can’t be loaded is answered with null at once', async () => {
  const reader = await openReader({ workerUrl: new URL('../../support/missing.ts', import.meta.url) })
  expect(await reader.read(await sample('08-faded.jpg'))).toBeNull()
  expect(reader.stats()).toMatchObject({ failures: 1, busy: false })
})

test('photos past the bound of the queue are turned away, and the others are answered', async () => {
  const reader = await openReader({ maxWaiting: 1 })
  const photo = await sample('08-faded.jpg')
  const answers = await Promise.all([reader.read(photo), reader.read(photo), reader.read(photo)])
  expect(answers.map((reading) => reading?.amount_fen)).toEqual([3650, 3650, undefined])
  expect(reader.stats()).toMatchObject({ reads: 2, skipped: 1 })
}, 60_000)

test('users take turns: one with many photos does not hold up another', async () => {
  const reader = await openReader()
  const photo = await sample('08-faded.jpg')
  const order: string[] = []
  const read = async (userId: number, name: string) => {
    await reader.take(photo, userId).reading
    order.push(name)
  }
  await Promise.all([read(1, 'first'), read(1, 'second'), read(1, 'third'), read(2, 'other'), read(1, 'fourth')])
  expect(order).toEqual(['first', 'second', 'other', 'third', 'fourth'])
}, 60_000)

test('a photo that nobody has begun with can be taken back, and one that is read can’t', async () => {
  const reader = await openReader()
  const photo = await sample('08-faded.jpg')
  const [begun, waiting] = [reader.take(photo, 1), reader.take(photo, 2)]
  expect([begun.withdraw(), waiting.withdraw(), waiting.withdraw()]).toEqual([false, true, false])
  expect(await waiting.reading).toBeNull()
  expect(await begun.reading).toMatchObject({ amount_fen: 3650 })
  expect(reader.stats()).toMatchObject({ reads: 1, failures: 0, queueLength: 0 })
}, 60_000)

test('an idle worker is ended, and started again for the next photo', async () => {
  const reader = await openReader({ idle_ms: 50, workerUrl: countedWorker })
  const channel = new BroadcastChannel('starts of reader workers')
  let starts = 0
  channel.onmessage = () => {
    starts += 1
  }
  const photo = await sample('08-faded.jpg')
  expect(await reader.read(photo)).toMatchObject({ amount_fen: 3650 })
  await Bun.sleep(300)
  expect(await reader.read(photo)).toMatchObject({ amount_fen: 3650 })
  expect(reader.stats()).toMatchObject({ reads: 2, failures: 0 })
  await until(() => starts === 2)
  channel.close()
}, 60_000)

test('closing lets the photo at hand be read, and answers null to those that wait', async () => {
  const reader = await openReader()
  const photo = await sample('08-faded.jpg')
  const answers = [reader.read(photo), reader.read(photo)]
  await reader.close()
  expect(await Promise.all(answers)).toEqual([expect.objectContaining({ amount_fen: 3650 }), null])
  expect(await reader.read(photo)).toBeNull()
  await reader.close()
}, 60_000)

/** Ticks every 5 ms; stopped, answers the 99th percentile of how late the ticks came, in milliseconds. */
function startClock(): () => number {
  const late: number[] = []
  let last = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    late.push(now - last - 5)
    last = now
  }, 5)
  return () => {
    clearInterval(timer)
    return late.sort((a, b) => a - b)[Math.floor(late.length * 0.99)] ?? 0
  }
}
