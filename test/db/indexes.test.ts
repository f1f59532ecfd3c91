import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { migrate } from '../../src/db/migrate.ts'
import { makeSeedChain } from '../../src/fairness/chain.ts'
import { newId, randomCode } from '../../src/lib/random.ts'
import { findUploadsWithNumber } from '../../src/receipts/queries.ts'
import { claimNext, countQueue, dequeue, giveBack, leaveForLater } from '../../src/receipts/reading-queue.ts'
import { findByMarks } from '../../src/receipts/search-copies.ts'
import { upload as fileUpload, type NewUpload } from '../../src/receipts/upload.ts'
import { type RunningServer, startServer } from '../../src/server.ts'
import { makeSignerKey } from '../../src/tlog/format/notes.ts'
import { type Client, createClient } from '../support/client.ts'
import { createTestDatabase } from '../support/database.ts'
import { picture } from '../support/images.ts'
import { fillTables } from '../support/many-rows.ts'
import { newPhone, newProduct, type Person, signIn, signInStaff } from '../support/people.ts'
import { type DatabaseProxy, startProxy } from '../support/proxy.ts'
import { testConfig } from '../support/service.ts'
import { photoForm } from '../support/uploads.ts'

/** Tables that never have more than a handful of rows: it is fastest to read them whole. */
const smallTables = [
  ...['staff', 'lottery_prizes', 'lottery_wheel', 'till_lanes', 'leases', 'migrations'],
  ...['log_head', 'fair_epoch', 'fair_epochs', 'fair_chains'],
]

/** Indexes for questions that operators ask by hand: how likely a prize is. */
const forOperators = ['lottery_prizes_angle', 'lottery_prizes_probability']

interface Plan {
  sql: string
  table: string | null
  type: string | null
  possible_keys: string | null
  key: string | null
}

const dataDir = mkdtempSync(join(tmpdir(), 'restaurant-points-indexes-'))
let database: Database
let proxy: DatabaseProxy
let running: RunningServer
let client: Client

beforeAll(async () => {
  const url = await createTestDatabase(`points_indexes_${process.pid}`)
  database = openDatabase({ address: { uri: url }, poolSize: 2 })
  await migrate(database)
  await fillTables(database)
  proxy = await startProxy(url)
  running = await startServer(
    testConfig(proxy.url, {
      ...{ DATA_DIR: dataDir, PENDING_ORDERS: '5', BONUS_HOLD: 'on' },
      ...{ LOG_KEY: makeSignerKey('points.example.com/log'), DRAW_SEED: makeSeedChain(30_000) },
    }),
    () => {},
  )
  client = await createClient(running.url)
  await running.services.log?.seal()
  // The first upload compares its photo with the latest 20,000. It reads that many rows, whatever the indexes are.
  await upload(await signIn(serves()), picture(1))
}, 60_000)
afterAll(async () => {
  await running.stop()
  proxy.stop()
  await database.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const serves = () => ({ client, services: running.services })

async function upload({ token }: Person, photo: Uint8Array<ArrayBuffer>): Promise<string> {
  const { data } = await client.post('/api/photo/upload', { token, form: photoForm(photo, '88.50') })
  return data.upload_id
}

/** Makes each call of a diner once. Returns the upload and the voucher that staff then see. */
async function useAsDiner(diner: Person): Promise<{ uploadId: string; voucher: string }> {
  const { token } = diner
  await client.post('/api/user/check-in', { token })
  const product_id = await newProduct(serves(), 5, { per_user_limit: 3 })
  const order = async () =>
    (await client.post('/api/exchange/submit', { token, body: { product_id }, idempotencyKey: newPhone() })).data
  const { exchange_id } = await order()
  const { exchange_code } = await order()
  await client.post(`/api/exchange/orders/${exchange_id}/cancel`, { token })
  const drawn = { token, body: { draw_type: 'single' }, idempotencyKey: newPhone() }
  const { draw_id } = (await client.post('/api/lottery/draw', drawn)).data
  await running.services.log?.seal()
  const upload_id = await upload(diner, picture(1))
  const reading = { amount_fen: 1, paidAt: '2026-01-01T12:00:00', merchantName: null, receiptNumber: 'NO-1', text: '' }
  await findUploadsWithNumber(running.services.database, reading, upload_id)
  await findByMarks(running.services.database, ['1128@7', '202611220012'], new Date(0))
  await useReadingQueue(diner)
  const reads = [
    ...['/api/user/info', '/api/user/status', '/api/user/statistics', '/api/user/points/records'],
    ...['/api/user/points/records?type=earn&source=lottery', '/api/user/points/statistics'],
    ...['/api/fairness', `/api/lottery/draws/${draw_id}/proof`],
    ...['/api/lottery/config', '/api/lottery/records', '/api/lottery/records?prize_type=points'],
    ...['/api/lottery/wheels', '/api/lottery/wheels?page=2'],
    ...['/api/lottery/statistics', '/api/exchange/products', '/api/exchange/categories', '/api/exchange/orders'],
    ...['/api/exchange/orders?status=pending', '/api/photo/history', '/api/photo/history?status=pending'],
    ...[`/api/photo/review/${upload_id}`, '/api/photo/statistics'],
    ...['/api/user/vouchers', '/api/user/vouchers?status=active', `/api/user/vouchers/${exchange_code}`],
  ]
  for (const path of reads) expect([path, (await client.get(path, { token })).code]).toEqual([path, 0])
  return { uploadId: upload_id, voucher: exchange_code }
}

/** What the reader asks of its queue, for an upload that waits in it. */
async function useReadingQueue({ userId }: Person): Promise<void> {
  const { database, till } = running.services
  const input: NewUpload = {
    ...{ uploadId: newId('UP'), userId, imageKey: randomCode(26), sha256: randomCode(64), perceptualHash: '' },
    ...{ input_fen: 1, reading: null, flags: [], queued: 'free', since: new Date(), dailyLimit: 9 },
  }
  await till.run(fileUpload, input)
  await countQueue(database)
  const claim = await claimNext(database)
  if (!claim) throw new Error('nothing waits')
  await giveBack(database, claim)
  await leaveForLater(database, claim)
  await dequeue(database, claim.upload_id)
}

async function useAsStaff(staff: Person, diner: Person, seen: { uploadId: string; voucher: string }): Promise<void> {
  const { token } = staff
  const day = new Date().toISOString().slice(0, 10)
  const reads = [
    ...[
      '/api/merchant/pending-reviews',
      '/api/merchant/reviews/history',
      '/api/merchant/reviews/history?status=approved',
    ],
    ...[`/api/merchant/reviews/history?from=${day}&to=${day}`, '/api/merchant/statistics?period=month'],
    ...['/api/merchant/figures'],
    ...['/api/merchant/products', '/api/merchant/product-stats', '/api/merchant/prizes', '/api/merchant/lottery/stats'],
    ...[`/api/merchant/vouchers/${seen.voucher}`, `/api/merchant/users?mobile=${diner.phone}`],
  ]
  const { code: memberCode } = (await client.get('/api/user/member-code', { token: diner.token })).data
  const asOwner = [
    ...[`/api/merchant/users/${diner.userId}/points`, `/api/merchant/uploads/${seen.uploadId}`],
    ...[
      '/api/merchant/system',
      '/api/merchant/me',
      '/api/merchant/staff',
      `/api/merchant/members/${memberCode}`,
      '/api/merchant/audit',
    ],
    ...[`/api/merchant/audit?actor_id=${staff.userId}`, `/api/merchant/audit?target=user:${diner.userId}`],
    ...[
      '/api/merchant/approvals',
      '/api/merchant/audit?action=member.look_up',
      `/api/merchant/audit?from=${day}&to=${day}&page=2`,
    ],
  ]
  for (const path of [...reads, ...asOwner]) expect([path, (await client.get(path, { token })).code]).toEqual([path, 0])
  const cashier = { mobile: newPhone(), role: 'cashier' }
  const { user_id } = (await client.post('/api/merchant/staff', { token, body: cashier })).data
  await client.delete(`/api/merchant/staff/${user_id}`, { token })
  const verdict = { upload_id: seen.uploadId, action: 'approve', amount: 88.5 }
  // Every upload of this test is of one photo, so that each of them looks like a copy.
  const { approval_id } = (await client.post('/api/merchant/review', { token, body: verdict })).data
  const second = await signInStaff(serves(), 'owner')
  const word = { token: second.token, body: { action: 'approve' } }
  expect((await client.post(`/api/merchant/approvals/${approval_id}`, word)).code).toBe(0)
  const correction = { points: 5_000, reason: '补偿' }
  const { data } = await client.post(`/api/merchant/users/${diner.userId}/points`, { token, body: correction })
  expect(data.approval_id ?? data.new_balance).toBeDefined()
  const product_id = await newProduct(serves(), 5)
  await client.put(`/api/merchant/products/${product_id}`, { token, body: { exchange_points: 9 } })
  await client.post(`/api/merchant/vouchers/${seen.voucher}/redeem`, { token })
  await editWheel(staff)
}

async function editWheel({ token }: Person): Promise<void> {
  const { prizes } = (await client.get('/api/merchant/prizes', { token })).data
  const answers = [
    await client.put('/api/merchant/prizes', { token, body: { prizes } }),
    await client.delete('/api/merchant/prizes/next', { token }),
    await client.post('/api/merchant/prizes/5/stock', { token, body: { change: 1 } }),
    await client.post('/api/merchant/wheel/close', { token, body: {} }),
    await client.post('/api/merchant/wheel/open', { token, body: {} }),
  ]
  expect(answers.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0])
}

const isPlanned = (sql: string) => /^(SELECT|UPDATE|DELETE)\b/i.test(sql) && /\b(FROM|UPDATE)\b/i.test(sql)

/** The database's plan for every statement that reads, changes or deletes rows, once for each shape of statement. */
async function plansDuring(work: () => Promise<unknown>): Promise<Plan[]> {
  const heard = proxy.listen()
  await work()
  const shapes = new Map(heard.filter(isPlanned).map((sql) => [sql.replace(/'(?:[^'\\]|\\.)*'|\d+/g, '?'), sql]))
  const plans: Plan[] = []
  for (const sql of shapes.values()) {
    for (const step of await database.query<Omit<Plan, 'sql'>>(`EXPLAIN ${sql}`)) plans.push({ ...step, sql })
  }
  return plans
}

async function useEveryRequest(): Promise<void> {
  const diner = await signIn(serves())
  await signIn(serves(), diner.phone)
  await client.post('/api/auth/send-code', { body: { phone: newPhone() } })
  await client.post('/api/auth/refresh', { body: { refresh_token: diner.refreshToken } })
  const staff = await signInStaff(serves(), 'owner')
  await useAsStaff(staff, diner, await useAsDiner(diner))
}

test('an index serves every statement of a request, however many rows there are', async () => {
  const plans = await plansDuring(useEveryRequest)
  expect(plans.length).toBeGreaterThan(50)
  const unserved = plans.filter(
    ({ table, type, key }) =>
      table !== null &&
      !table.startsWith('<') &&
      !smallTables.includes(table) &&
      (key === null || type === 'ALL' || type === 'index'),
  )
  expect(unserved).toEqual([])
}, 60_000)

test('every index serves a statement or a foreign key, is unique, or is one of those for operators', async () => {
  const { jobs } = running.services
  const plans = await plansDuring(async () => {
    await useEveryRequest()
    for (const job of jobs.all) await jobs.run(job)
  })
  const used = new Set(plans.flatMap(({ possible_keys, key }) => [...(possible_keys ?? '').split(','), key]))
  const indexes = await database.query<{ name: string; served_key: string | null }>(
    `SELECT DISTINCT s.index_name AS name, k.constraint_name AS served_key FROM information_schema.statistics s
       LEFT JOIN information_schema.key_column_usage k
         ON k.table_schema = s.table_schema AND k.table_name = s.table_name AND k.column_name = s.column_name
        AND k.referenced_table_name IS NOT NULL
      WHERE s.table_schema = DATABASE() AND s.non_unique = 1 AND s.seq_in_index = 1`,
  )
  const idle = indexes.filter(({ name, served_key }) => !used.has(name) && served_key === null).map(({ name }) => name)
  expect(idle.toSorted()).toEqual(forOperators.toSorted())
}, 60_000)
