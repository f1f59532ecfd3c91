import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type RunningServer, startServer } from '../../src/server.ts'
import { type Client, createClient } from '../support/client.ts'
import { createTestDatabase } from '../support/database.ts'
import { newPhone } from '../support/people.ts'
import { type DatabaseProxy, startProxy } from '../support/proxy.ts'
import { testConfig } from '../support/service.ts'

let proxy: DatabaseProxy
let running: RunningServer
let client: Client
const printed: string[] = []

beforeAll(async () => {
  proxy = await startProxy(await createTestDatabase(`points_timing_${process.pid}`))
  running = await startServer(testConfig(proxy.url, { TILL_LANES: '1' }), (line) => printed.push(line))
  client = await createClient(running.url)
})
afterAll(async () => {
  await running.stop()
  proxy.stop()
})

const post = (path: string, body: object) => client.post(`/api/auth/${path}`, { body })
const wrongCode = (phone: string) => {
  const code = printed.findLast((line) => line.includes(phone))?.slice(-6)
  return code === '000000' ? '000001' : '000000'
}

/** What signing in has to do with; the service looks after its database meanwhile, with a limit for each statement. */
const ours = /^(?!SET STATEMENT).*\b(sms_codes|sessions|users|till_lanes)\b/s

/** What the service asks of the database for a call, without the values. */
async function statementsOf(path: string, body: object, wanted: number): Promise<string[]> {
  const heard = proxy.listen()
  expect((await post(path, body)).code).toBe(wanted)
  return heard.filter((sql) => ours.test(sql)).map((sql) => sql.replace(/'(?:[^'\\]|\\.)*'|\d+/g, '?'))
}

/** A phone with an account that was made as long ago as the one without. */
async function twoPhones(): Promise<[known: string, unknown: string]> {
  const phones = [newPhone(), newPhone()] as [string, string]
  expect((await post('login', { phone: phones[0], code: '123456' })).code).toBe(0)
  return phones
}

test('nobody learns from the time of an answer whether a phone has an account: the service does the same for both', async () => {
  const [known, unknown] = await twoPhones()
  const sent = [
    await statementsOf('send-code', { phone: known }, 0),
    await statementsOf('send-code', { phone: unknown }, 0),
  ]
  expect(sent[0]?.length).toBeGreaterThan(2)
  expect(sent[0]).toEqual(sent[1] ?? [])
  for (let tries = 1; tries <= 6; tries += 1) {
    const [first, second] = [known, unknown].map((phone) => ({ phone, code: wrongCode(phone) })) as [object, object]
    const tried = [await statementsOf('login', first, 1002), await statementsOf('login', second, 1002)]
    expect(tried[0]).toEqual(tried[1] ?? [])
    expect(tried[0]?.some((sql) => sql.startsWith('UPDATE `sms_codes`'))).toBe(tries <= 5)
    expect(tried.flat().filter((sql) => /\busers\b/.test(sql))).toEqual([])
  }
})

test('nor does anyone where no code was sent', async () => {
  const [known, unknown] = await twoPhones()
  const tried = [
    await statementsOf('login', { phone: known, code: '654321' }, 1002),
    await statementsOf('login', { phone: unknown, code: '654321' }, 1002),
  ]
  expect(tried[0]?.length).toBeGreaterThan(0)
  expect(tried[0]).toEqual(tried[1] ?? [])
})
