import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { seedWheel } from '../../../src/composition/seed.ts'
import { Refusal } from '../../../src/contract/refusals.ts'
import { createLostAnswers } from '../../../src/http/dialects/lost-answers.ts'
import { findMismatches } from '../../../src/reconcile/checks.ts'
import { type RunningServer, startServer } from '../../../src/server.ts'
import { createClient } from '../../support/client.ts'
import { createTestDatabase } from '../../support/database.ts'
import { jpegOf, picture } from '../../support/images.ts'
import { phoneOf, usesOf } from '../../support/mini-program.ts'
import { balanceOf, newProduct, type Person, signIn } from '../../support/people.ts'
import { type DatabaseProxy, startProxy } from '../../support/proxy.ts'
import { type TestService, testConfig } from '../../support/service.ts'
import { until } from '../../support/sockets.ts'

const minute_ms = 60_000
let [offset_ms, passed_ms] = [0, 0]
let proxy: DatabaseProxy
let running: RunningServer
let service: TestService
let diner: Person

beforeAll(async () => {
  proxy = await startProxy(await createTestDatabase(`points_retry_${process.pid}`))
  const clock = {
    now: () => new Date(Date.now() + offset_ms),
    elapsed_ms: () => performance.now() + passed_ms,
    advance: (ms: number) => {
      offset_ms += ms
      passed_ms += ms
    },
    shift: (ms: number) => {
      offset_ms += ms
    },
  }
  running = await startServer(testConfig(proxy.url, { DIALECTS: 'on', TILL_LANES: '1' }), () => {}, clock)
  const { url, services } = running
  const { database } = services
  const client = await createClient(url)
  service = { url, services, database, client, clock, databaseUrl: proxy.url, dataDir: '', printed: [] }
  await seedWheel(services)
})
beforeEach(async () => {
  offset_ms = 0
  diner = await signIn(service)
})
afterEach(async () => {
  proxy.strike('pass')
  expect(await findMismatches(service.database)).toEqual([])
})
afterAll(async () => {
  await running.stop()
  proxy.stop()
})

/** Sends a request over its own connection, which can be cut before the answer arrives. */
function sendAlone(path: string, body: string | Buffer, { token }: Person, type = 'application/json', more = '') {
  const { hostname, port } = new URL(service.url)
  const socket = connect(Number(port), hostname)
  let text = ''
  socket.on('data', (bytes) => {
    text += bytes.toString()
  })
  socket.on('error', () => {})
  const lines = [`POST /api${path} HTTP/1.1`, `Host: ${hostname}:${port}`, `Content-Type: ${type}`]
  const head = [...lines, `Authorization: Bearer ${token}`, `Content-Length: ${Buffer.byteLength(body)}`].join('\r\n')
  socket.write(Buffer.concat([Buffer.from(`${head}\r\n${more}\r\n`), Buffer.from(body)]))
  const heard = async () => {
    await until(() => /\r\n\r\n.*\}$/s.test(text))
    return JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4))
  }
  return { cut: () => socket.resetAndDestroy(), end: () => socket.end(), heard, isSilent: () => text === '' }
}

const draw = (person: Person, data: Record<string, unknown> = { type: '单抽' }) =>
  phoneOf(service).request('/lottery/draw', { method: 'POST', token: person.token, data })
const drawsOf = async ({ userId }: Person) => {
  const rows = await service.database.query<{ draw_id: string }>(
    'SELECT DISTINCT draw_id FROM lottery_records WHERE user_id = ?',
    [userId],
  )
  return rows.map(({ draw_id }) => draw_id)
}
const nothingWaits = () => until(() => service.services.till.waiting() === 0)

/** Makes a draw that commits, but whose connection is cut before its answer. */
async function lostDraw(person: Person, end: 'cut' | 'end' = 'cut', data: object = { type: '单抽' }): Promise<void> {
  const struck = proxy.struck
  proxy.strike('hold')
  const lost = sendAlone('/lottery/draw', JSON.stringify(data), person)
  await until(() => proxy.struck > struck)
  lost[end]()
  await Bun.sleep(30)
  proxy.strike('pass')
  await until(async () => (await drawsOf(person)).length > 0)
  await nothingWaits()
  await Bun.sleep(30)
  expect(lost.isSilent()).toBe(true)
}

describe('the answer to a caller who had disconnected', () => {
  test.each(['cut', 'end'] as const)(
    'the next identical request gets the lost answer, once (connection: %s)',
    async (end) => {
      await lostDraw(diner, end)
      const [lost] = await drawsOf(diner)
      const before = await usesOf(service, 'retry without a key')
      const again = await draw(diner)
      expect([again.data.code, again.data.data.draw_id, again.header.get('Idempotency-Replayed')]).toEqual([
        0,
        lost,
        'true',
      ])
      expect(again.data.data.user_points).toBe(again.data.data.remaining_points)
      expect(await drawsOf(diner)).toEqual([lost as string])
      expect(await usesOf(service, 'retry without a key')).toBe(before + 1)
      const next = await draw(diner)
      expect(next.data.data.draw_id).not.toBe(lost)
      expect(await drawsOf(diner)).toHaveLength(2)
    },
  )

  test('no other user and no other request gets a lost answer', async () => {
    const other = await signIn(service)
    await lostDraw(diner)
    const [lost] = await drawsOf(diner)
    expect((await draw(other)).data.data.draw_id).not.toBe(lost)
    expect((await draw(diner, { type: '三连抽' })).data.data.draw_id).not.toBe(lost)
    const keyed = await phoneOf(service).request('/lottery/draw', {
      method: 'POST',
      token: diner.token,
      data: { type: '单抽' },
      header: { 'Idempotency-Key': 'k1' },
    })
    expect(keyed.data.data.draw_id).not.toBe(lost)
    expect((await draw(diner, { draw_type: 'SINGLE', count: 1 })).data.data.draw_id).toBe(lost)
  })

  test('a lost answer is kept for a minute', async () => {
    await lostDraw(diner)
    const [lost] = await drawsOf(diner)
    service.clock.advance(minute_ms)
    expect((await draw(diner)).data.data.draw_id).not.toBe(lost)
  })

  test('refusals are not kept, and the number of kept answers is limited', async () => {
    const answers = createLostAnswers(service.clock.elapsed_ms)
    const gone = () => true
    const refused = answers.answer('a', gone, () => Promise.reject(new Refusal(3001)))
    const after = answers.answer('a', gone, async () => 'drawn')
    await expect(refused).rejects.toThrow(Refusal)
    expect(await after).toEqual({ text: 'drawn', replayed: false })
    expect(
      await answers.answer(
        'a',
        () => false,
        async () => 'again',
      ),
    ).toEqual({ text: 'drawn', replayed: true })
    expect(answers.size).toBe(0)
    for (let i = 0; i < 10_050; i += 1) await answers.answer(`${i}`, gone, async () => 'x')
    expect(answers.size).toBe(10_000)
    service.clock.advance(minute_ms)
    await answers.answer('late', gone, async () => 'x')
    expect(answers.size).toBe(1)
  })

  test('lost answers of exchanges and uploads are kept as well', async () => {
    const id = await newProduct(service, 5)
    let struck = proxy.struck
    proxy.strike('hold')
    const lost = sendAlone('/exchange/redeem', JSON.stringify({ commodity_id: id, quantity: 2 }), diner)
    await until(() => proxy.struck > struck)
    lost.cut()
    await Bun.sleep(30)
    proxy.strike('pass')
    const again = await phoneOf(service).request('/exchange/submit', {
      method: 'POST',
      token: diner.token,
      data: { product_id: id, quantity: 2 },
    })
    expect(again.header.get('Idempotency-Replayed')).toBe('true')
    expect(await balanceOf(service, diner)).toBe(again.data.data.remaining_points)

    const bytes = await jpegOf(picture(9_001))
    const form = (boundary: string) =>
      Buffer.concat([
        Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="user_amount"\r\n\r\n88.5\r\n`),
        Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n`),
        bytes,
        Buffer.from(`\r\n--${boundary}--\r\n`),
      ])
    struck = proxy.struck
    proxy.strike('hold')
    const photo = sendAlone('/upload', form('first'), diner, 'multipart/form-data; boundary=first')
    await until(() => proxy.struck > struck)
    photo.cut()
    await Bun.sleep(30)
    proxy.strike('pass')
    const sent = await sendAlone('/upload', form('second'), diner, 'multipart/form-data; boundary=second').heard()
    expect(sent).toMatchObject({ code: 0, data: { status: 'pending', amount: '88.50' } })
    const third = await sendAlone('/upload', form('third'), diner, 'multipart/form-data; boundary=third').heard()
    expect([third.code, third.data.upload_id]).toEqual([5005, sent.data.upload_id])
  })
})

describe('a retry while the first is running', () => {
  test('a retry after a disconnect waits for the running draw and gets its answer', async () => {
    const struck = proxy.struck
    proxy.strike('hold')
    const first = sendAlone('/lottery/draw', '{"type":"单抽"}', diner)
    await until(() => proxy.struck > struck)
    first.cut()
    const second = sendAlone('/lottery/draw', '{"type":"单抽"}', diner)
    await Bun.sleep(50)
    // The second request disconnects too, and the third gets the answer.
    second.cut()
    const third = sendAlone('/lottery/draw', '{"type":"单抽"}', diner)
    await Bun.sleep(50)
    expect([first.isSilent(), second.isSilent(), third.isSilent()]).toEqual([true, true, true])
    proxy.strike('pass')
    const { data } = await third.heard()
    expect(await drawsOf(diner)).toEqual([data.draw_id])
    await draw(diner)
    expect(await drawsOf(diner)).toHaveLength(2)
  })

  test('identical requests whose callers stay connected are separate draws', async () => {
    proxy.strike('hold')
    const sent = [1, 2, 3].map(() => sendAlone('/lottery/draw', '{"type":"单抽"}', diner))
    await Bun.sleep(50)
    proxy.strike('pass')
    const ids = await Promise.all(sent.map(async ({ heard }) => (await heard()).data.draw_id))
    expect(new Set(ids).size).toBe(3)
    expect((await drawsOf(diner)).sort()).toEqual(ids.sort())
  })
})

test('identical draws whose answers arrived are separate draws', async () => {
  const ids = [await draw(diner), await draw(diner), await draw(diner)].map(({ data }) => data.data.draw_id)
  expect(new Set(ids).size).toBe(3)
})

test('people who are disconnected at any moment and retry get an answer of a different draw each time', async () => {
  const people = await Promise.all(Array.from({ length: 12 }, () => signIn(service)))
  const results = await Promise.all(
    people.map(async (person, i) => {
      const heard: string[] = []
      for (let spin = 0; spin < 3; spin += 1) {
        const first = sendAlone('/lottery/draw', '{"type":"单抽"}', person)
        const answer = first.heard().catch(() => undefined)
        await Bun.sleep((i * 3 + spin * 5) % 17)
        const wasSilent = first.isSilent()
        if (wasSilent) {
          first.cut()
          heard.push((await draw(person)).data.data.draw_id)
        } else heard.push((await answer)?.data.draw_id ?? '')
      }
      return { person, heard }
    }),
  )
  for (const { person, heard } of results) {
    expect(new Set(heard).size).toBe(heard.length)
    // There may be more draws: an answer that was sent just before the cut counts as delivered.
    expect(heard.every((id) => id !== '')).toBe(true)
    expect((await drawsOf(person)).length).toBeGreaterThanOrEqual(heard.length)
  }
})
