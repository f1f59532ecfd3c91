import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { createTestDatabase } from '../support/database.ts'
import { until } from '../support/sockets.ts'

let database: Database
const long = 'SELECT BENCHMARK(2000000000, MD5(1))'

beforeAll(async () => {
  const uri = await createTestDatabase(`points_client_${process.pid}`)
  database = openDatabase({ address: { uri }, poolSize: 4, statementTimeout_ms: 700 })
})
afterAll(() => database.close())

const running = async () =>
  (await database.query<{ Info: string | null }>('SHOW PROCESSLIST')).filter(({ Info }) => Info?.includes('BENCHMARK'))

test.each([
  ['of usual length', undefined],
  ['of its own length', 300],
])('a statement %s that its caller gave up is soon ended by the server itself', async (_, timeout_ms) => {
  const given = database.query(long, [], timeout_ms)
  await expect(given).rejects.toMatchObject({ code: 'PROTOCOL_SEQUENCE_TIMEOUT' })
  expect(await running()).toHaveLength(1)
  await until(async () => (await running()).length === 0, 4_000)
})
