import { afterEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { countQueue } from '../../src/receipts/reading-queue.ts'
import { createClient } from '../support/client.ts'
import { type Person, signIn } from '../support/people.ts'
import { type Program, startProgram } from '../support/process.ts'
import { useService } from '../support/service.ts'
import { closeSockets, connectAs, until } from '../support/sockets.ts'
import { photoForm } from '../support/uploads.ts'

/** Its replicas read receipts, and don't wait for it. It reads none itself: it is here for the database. */
const service = useService()
const samples = ['08-faded.jpg', '05-split-label.jpg', '12-dark-wechat.jpg', '02-wechat-pay.png']
const amounts = ['36.50', '39.00', '1203.45', '88.50']
const programs: Program[] = []
const folder = mkdtempSync(join(tmpdir(), 'reading-replicas-'))

afterEach(async () => {
  closeSockets()
  await Promise.all(programs.splice(0).map((program) => program.kill()))
  rmSync(folder, { recursive: true, force: true })
})

async function startReplica(): Promise<Program> {
  const program = await startProgram({
    ...{ DATABASE_URL: service.databaseUrl, DATA_DIR: folder, OCR: 'on', OCR_WAIT_MS: '0', UPLOAD_AMOUNT: 'optional' },
    ...{ JOBS: 'off', RATE_LIMIT: 'off' },
  })
  programs.push(program)
  return program
}

async function sendAll({ url }: Program, { token }: Person): Promise<string[]> {
  const client = await createClient(url)
  const ids = []
  for (const name of samples) {
    const photo = new Uint8Array(await Bun.file(join(import.meta.dir, '../samples', name)).arrayBuffer())
    ids.push((await client.post('/api/photo/upload', { token, form: photoForm(photo) })).data.upload_id)
  }
  return ids
}

async function amountsOf(ids: readonly string[]): Promise<(number | null)[]> {
  const rows = await service.database.query<{ upload_id: string; fen: number | null }>(
    'SELECT upload_id, recognized_amount_fen AS fen FROM upload_reviews',
  )
  return ids.map((id) => rows.find(({ upload_id }) => upload_id === id)?.fen ?? null)
}

const fen = amounts.map((yuan) => Math.round(Number(yuan) * 100))
const isEmpty = async () => (await countQueue(service.database)) === 0

test('another replica reads what a killed one had begun with and what waited behind it, and tells it once', async () => {
  const person = await signIn(service)
  const killed = await startReplica()
  const ids = await sendAll(killed, person)
  await killed.kill('SIGKILL')
  expect(await countQueue(service.database)).toBeGreaterThan(1)
  const heir = await startReplica()
  const phone = await connectAs(heir.url, person)
  // What was begun with is free again when its time is up.
  await service.database.query('UPDATE reading_queue SET free_at = UTC_TIMESTAMP(3)')
  await until(isEmpty, 90_000)
  expect(await amountsOf(ids)).toEqual(fen)
  const told = phone.of('receipt_read').map(({ data }) => data.upload_id)
  expect(new Set(told).size).toBe(told.length)
  expect(told).toContain(ids.at(-1))
}, 150_000)

test('a replica that stops in order leaves what it has not read, and reads it when it starts again', async () => {
  const person = await signIn(service)
  const first = await startReplica()
  const ids = await sendAll(first, person)
  expect(await first.kill('SIGTERM')).toBe(0)
  expect(await countQueue(service.database)).toBeGreaterThan(0)
  await startReplica()
  await until(isEmpty, 90_000)
  expect(await amountsOf(ids)).toEqual(fen)
}, 150_000)

test('two replicas read each of one person’s uploads once, and tell it once', async () => {
  const person = await signIn(service)
  const replicas = [await startReplica(), await startReplica()] as const
  const phones = await Promise.all(replicas.map(({ url }) => connectAs(url, person)))
  const ids = await sendAll(replicas[0], person)
  await until(isEmpty, 90_000)
  expect(await amountsOf(ids)).toEqual(fen)
  const told = phones.flatMap((phone) => phone.of('receipt_read').map(({ data }) => data.upload_id))
  expect(told.toSorted()).toEqual(ids.toSorted())
  const reads = await Promise.all(
    replicas.map(async ({ url }) => readsOf(await (await fetch(`${url}/metrics`)).text())),
  )
  expect(reads.reduce((sum, count) => sum + count, 0)).toBe(ids.length)
}, 150_000)

function readsOf(metrics: string): number {
  return Number(/^ocr_reads_total\{outcome="read"\} (\d+)/m.exec(metrics)?.[1] ?? 0)
}
