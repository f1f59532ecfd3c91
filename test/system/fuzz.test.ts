import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { openDatabase } from '../../src/db/client.ts'
import type { OpenApiDocument } from '../../src/http/openapi.ts'
import { findMismatches } from '../../src/reconcile/checks.ts'
import { type Answer, type Client, createClient } from '../support/client.ts'
import { createTestDatabase } from '../support/database.ts'
import { type Cast, signInCast } from '../support/fuzz/people.ts'
import { type FuzzRequest, requestsOf } from '../support/fuzz/requests.ts'
import { picture } from '../support/images.ts'
import { type Program, startProgram } from '../support/process.ts'
import { startWechat } from '../support/wechat.ts'

/** `FUZZ_SECONDS=600 FUZZ_SEED=7 bun run fuzz` runs longer, with other requests. Dialects are off for half of the time. */
const length_s = Number(process.env.FUZZ_SECONDS ?? 120) / 2
const batches = process.env.FUZZ_SECONDS === undefined ? 600 : 1e9
const seed = Number(process.env.FUZZ_SEED ?? 1)
const atOnce = 8
const deadline_ms = 5_000

const wechat = startWechat()
afterAll(() => wechat.stop())

/** The program's own word to its operators about what the staff of this test give. */
const aboutGifts = /"alert":\{"event":"(staff_|approval_|copy_)/

const allowedStatuses = new Set([200, 400, 404, 405, 413, 415])
const internals = /\bselect\b|\binsert\b|mysql|mariadb|ER_|Error|node_modules|\.ts\b|undefined|\[object|127\.0\.0\.1/i

async function send(request: FuzzRequest, client: Client, cast: Cast): Promise<Answer> {
  const { method, path, headers, body, form, sender } = request
  const call = client[method.toLowerCase() as 'get' | 'post' | 'put' | 'delete']
  const token = cast.token(sender)
  const signal = AbortSignal.timeout(deadline_ms)
  return call(path, { token, headers, signal, ...(body === undefined ? {} : { raw: body }), ...(form ? { form } : {}) })
}

/** Checks what must hold for every answer. */
function check({ operation, sender, isAllowed }: FuzzRequest, { status, code, msg }: Answer): void {
  expect(allowedStatuses, `${operation}: ${status}`).toContain(status)
  const isInternal = code > 0 && code < 9_000 && code % 1_000 === 0
  expect(isInternal, `${operation}: ${code}`).toBe(false)
  expect(msg).not.toMatch(internals)
  if (code === 0) expect(isAllowed, `${operation} by ${sender}`).toBe(true)
}

describe.each(['off', 'on'] as const)('with dialects %s', (DIALECTS) => {
  let program: Program
  let databaseUrl: string
  let client: Client
  let document: OpenApiDocument
  let cast: Cast

  beforeAll(async () => {
    databaseUrl = await createTestDatabase(`points_fuzz_${process.pid}_${DIALECTS}`)
    program = await startProgram({
      DATABASE_URL: databaseUrl,
      DIALECTS,
      LOG_LEVEL: 'error',
      OCR: 'off',
      JOBS: 'off',
      DAILY_UPLOAD_LIMIT: '10000',
      WECHAT_APPID: wechat.appid,
      WECHAT_SECRET: wechat.secret,
      WECHAT_API: wechat.url,
    })
    client = await createClient(program.url)
    document = (await (await fetch(`${program.url}/api/openapi.json`)).json()) as OpenApiDocument
    cast = await signInCast(client, databaseUrl, wechat)
  })
  afterAll(() => program.kill())

  test(
    'no request makes the service fail, leak, be slow, let the wrong caller in, or lose points',
    async () => {
      const images = Array.from({ length: 12 }, (_, index) => picture(index, 64, 96))
      const told = new Map<string, number[]>()
      const batch = fc.array(requestsOf(document, cast.known, images), { minLength: atOnce, maxLength: atOnce })
      const holds = fc.asyncProperty(batch, async (requests) => {
        const answers = await Promise.all(requests.map((request) => send(request, client, cast)))
        for (const [index, answer] of answers.entries()) {
          const request = requests[index] as FuzzRequest
          const codes = told.get(request.operation) ?? []
          told.set(request.operation, codes)
          codes.push(answer.code)
          check(request, answer)
          cast.learn(answer)
          await cast.revive(request, answer)
        }
      })
      const interruptAfterTimeLimit = length_s * 1000
      await fc.assert(holds, { seed, numRuns: batches, interruptAfterTimeLimit, markInterruptAsFailure: false })

      const database = openDatabase({ address: { uri: databaseUrl }, poolSize: 4 })
      expect(await findMismatches(database)).toEqual([])
      await database.close()
      const complaints = program.output().match(/^\{.*$/gm) ?? []
      expect(complaints.filter((line) => !aboutGifts.test(line))).toEqual([])
      const succeeded = [...told].filter(([, codes]) => codes.includes(0))
      expect(succeeded.length, 'most operations are met with requests that succeed').toBeGreaterThan(told.size * 0.75)
      report(told)
    },
    (length_s + 60) * 1000,
  )
})

/** Prints after a long run, for each operation, how often it answered each code. */
function report(told: ReadonlyMap<string, readonly number[]>): void {
  if (process.env.FUZZ_SECONDS === undefined) return
  for (const [operation, codes] of [...told].sort()) {
    const counts = new Map<number, number>()
    for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
    const list = [...counts].sort(([, a], [, b]) => b - a).map(([code, count]) => `${code} × ${count}`)
    process.stdout.write(`${operation}: ${list.join(', ')}\n`)
  }
}
