/**
 * Measures uploads per second and the service's memory while 32 diners upload a phone's photo and noise, each one photo
 * after another, and the merchants' statistics over a million reviews. Run: bun bench/uploads.ts [uploads] [reviews]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../src/db/client.ts'
import { createTestDatabase } from '../test/support/database.ts'
import { heavyJpeg, phoneJpeg } from '../test/support/images.ts'
import { startProgram } from '../test/support/process.ts'
import { phoneOf } from './people.ts'
import { cpuTime_us, resident_mib } from './process.ts'
import { anotherPicture, receiptForm } from './upload-requests.ts'

const diners = 32
const image_bytes = 3_000_000
const looks = 40

const [uploads, reviews] = [Number(process.argv[2] ?? 320), Number(process.argv[3] ?? 1_000_000)]
const dataDir = mkdtempSync(join(tmpdir(), 'restaurant-points-bench-'))
const databaseUrl = await createTestDatabase('points_bench')
const program = await startProgram({
  DATABASE_URL: databaseUrl,
  DATA_DIR: dataDir,
  DAILY_UPLOAD_LIMIT: '10000',
  OCR: 'off',
  LOG_LEVEL: 'warn',
})
const database = openDatabase({ address: { uri: databaseUrl }, poolSize: 4, statementTimeout_ms: 600_000 })
try {
  const tokens = await Promise.all(Array.from({ length: diners }, (_, index) => signIn(phoneOf(index))))
  await measureUploads(tokens, 'a phone’s photo', await phoneJpeg())
  await measureUploads(tokens, 'noise', await heavyJpeg(image_bytes))
  const [merchant = ''] = tokens
  await database.query('UPDATE users SET is_merchant = 1')
  if (reviews > 0) await measureStatistics(merchant)
} finally {
  await database.close()
  await program.kill()
  rmSync(dataDir, { recursive: true, force: true })
}
process.exit(0)

async function measureUploads(tokens: string[], what: string, image: Uint8Array<ArrayBuffer>): Promise<void> {
  const { pid } = program
  const idle = resident_mib(pid)
  let peak = idle
  // The service's own figures would cost it more than an upload does.
  const watch = setInterval(() => {
    peak = Math.max(peak, resident_mib(pid))
  }, 100)
  const busySince_us = cpuTime_us(pid)
  const took: number[] = []
  let sent = 0
  const startedAt = performance.now()
  await Promise.all(
    tokens.map(async (token) => {
      while (sent < uploads) {
        sent += 1
        const began = performance.now()
        await send(token, image, sent)
        took.push(performance.now() - began)
      }
    }),
  )
  const seconds = (performance.now() - startedAt) / 1_000
  clearInterval(watch)
  const cpu_ms = (cpuTime_us(pid) - busySince_us) / 1_000 / uploads
  const size = `${(image.length / 1e6).toFixed(1)} MB`
  say(`${uploads} uploads of ${what} of ${size}, ${diners} at a time: ${(uploads / seconds).toFixed(1)} a second`)
  say(
    `  p50 ${quantile(took, 0.5)} ms, p99 ${quantile(took, 0.99)} ms; ${cpu_ms.toFixed(0)} ms of the service's CPU each`,
  )
  say(`  memory: ${idle} MiB idle, ${peak} MiB peak`)
}

async function send(token: string, image: Uint8Array<ArrayBuffer>, index: number): Promise<void> {
  const body = receiptForm(anotherPicture(image, index))
  const answer = await call('/api/photo/upload', { method: 'POST', body, headers: bearer(token) })
  if (answer.code !== 0) throw new Error(`upload ${index} was refused with ${answer.code}`)
}

async function measureStatistics(token: string): Promise<void> {
  const side = Math.ceil(Math.sqrt(reviews))
  await database.query(
    `INSERT INTO upload_reviews (upload_id, user_id, image_key, image_sha256, input_amount_fen, estimated_points, flags,
            review_status, points_awarded, reviewer_id, review_time, created_at)
     WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1)
     SELECT CONCAT('UP_', LPAD(a.i * ? + b.i, 16, '0')), 1, CONCAT('BENCH', a.i * ? + b.i), SHA2(a.i * ? + b.i, 256),
            1000, 100, '[]', IF(b.i % 5 = 0, 'rejected', 'approved'), IF(b.i % 5 = 0, 0, 100), 1,
            UTC_TIMESTAMP(3) - INTERVAL (a.i * ? + b.i) * (365 * 86400 / ?) SECOND,
            UTC_TIMESTAMP(3) - INTERVAL (a.i * ? + b.i) * (365 * 86400 / ?) + 600 SECOND
       FROM n a CROSS JOIN n b`,
    [side, side, side, side, side, reviews, side, reviews],
  )
  await database.query('ANALYZE TABLE upload_reviews')
  for (const period of ['today', 'week', 'month']) {
    const took: number[] = []
    for (let look = 0; look < looks; look += 1) {
      const began = performance.now()
      await call(`/api/merchant/statistics?period=${period}`, { headers: bearer(token) })
      took.push(performance.now() - began)
    }
    const rows = `${side * side} reviews in a year`
    say(`statistics of ${period}, ${rows}: p50 ${quantile(took, 0.5)} ms, p95 ${quantile(took, 0.95)} ms`)
  }
}

async function signIn(phone: string): Promise<string> {
  const body = JSON.stringify({ phone, code: '123456' })
  const headers = { 'Content-Type': 'application/json' }
  const { data } = await call('/api/auth/login', { method: 'POST', body, headers })
  return String((data as { access_token: string }).access_token)
}

async function call(path: string, init: RequestInit): Promise<{ code: number; data: unknown }> {
  return (await (await fetch(`${program.url}${path}`, init)).json()) as { code: number; data: unknown }
}

function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` }
}

function quantile(values: readonly number[], part: number): string {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(1)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
