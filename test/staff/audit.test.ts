import { beforeEach, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Glob } from 'bun'
import { setStanding } from '../../src/accounts/set-standing.ts'
import { auditLog } from '../../src/staff/schema.ts'
import type { AuditRecord } from '../../src/staff/wire.ts'
import { appoint, newProduct, type Person, signIn, signInStaff } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { newUpload } from '../support/uploads.ts'

const service = useService()
const base = '/api/merchant'
let owner: Person
let manager: Person
let diner: Person

beforeEach(async () => {
  owner = await signInStaff(service, 'owner')
  manager = await signInStaff(service, 'manager')
  diner = await signIn(service)
})

const readBy = ({ token }: Person, query = '') => service.client.get(`${base}/audit?${query}`, { token })
const newest = async (query = ''): Promise<AuditRecord> => (await readBy(owner, query)).data.records[0]
const send = (method: 'post' | 'put' | 'delete', path: string, body?: object, by = manager) =>
  service.client[method](`${base}${path}`, { token: by.token, ...(body ? { body } : {}) })

describe('the audit log', () => {
  test('a price that was cut stands in it with the one before, by whom and from where', async () => {
    const id = await newProduct(service, 5, { exchange_points: 3_980 })
    await send('put', `/products/${id}`, { exchange_points: 1_990, name: '测试商品' })
    expect(await newest()).toEqual({
      audit_id: expect.any(Number) as number,
      actor: { user_id: manager.userId, nickname: `用户${manager.phone.slice(-4)}` },
      system_user: null,
      address_id: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      action: 'product.edit',
      target: `product:${id}`,
      before: { exchange_points: 3_980 },
      after: { exchange_points: 1_990 },
      details: {},
      created_at: expect.any(String) as string,
    })
  })

  test('every write of the staff stands in it with what was before and after', async () => {
    const { data: made } = await send('post', '/products', {
      name: '新品',
      category: '热菜',
      exchange_points: 10,
      stock: 3,
    })
    expect(await newest()).toMatchObject({ action: 'product.create', before: null, after: { name: '新品', stock: 3 } })
    const stocked = { change: -2, operation: 'admin_adjust', reason: '破损' }
    await send('post', `/products/${made.product_id}/stock`, stocked)
    expect(await newest()).toMatchObject({
      ...{ action: 'product.stock', before: { stock: 3 }, after: { stock: 1 } },
      details: { change: -2, reason: '破损' },
    })
    await send('delete', `/products/${made.product_id}`)
    const states = { before: { status: 'active' }, after: { status: 'deleted' } }
    expect(await newest()).toMatchObject({ action: 'product.delete', ...states })

    const { data: wheel } = await service.client.get(`${base}/prizes`, { token: manager.token })
    await send('put', '/prizes', { ...wheel, cost_points: 777 })
    const { before, after } = await newest()
    expect(before).toMatchObject({ version: wheel.version, cost_points: 100, prizes: wheel.prizes })
    expect(after).toMatchObject({ version: wheel.version + 1, cost_points: 777 })

    await send('post', `/users/${diner.userId}/points`, { points: 250, reason: '补录' })
    expect(await newest()).toMatchObject({
      ...{ action: 'points.adjust', target: `user:${diner.userId}`, details: { points: 250, reason: '补录' } },
      ...{ before: { total_points: 1_000 }, after: { total_points: 1_250 } },
    })
    const upload_id = await newUpload(service, diner)
    await send('post', '/review', { upload_id, action: 'approve' })
    expect(await newest()).toMatchObject({
      ...{ action: 'review.approve', target: `upload:${upload_id}` },
      before: { review_status: 'pending', total_points: 1_250 },
      after: { review_status: 'approved', points_awarded: 885, total_points: 2_135 },
    })
    const product_id = await newProduct(service, 1)
    const order = await service.client.post('/api/exchange/submit', { token: diner.token, body: { product_id } })
    await send('post', `/vouchers/${order.data.exchange_code}/redeem`)
    const redeemed = { before: { status: 'active' }, after: { status: 'redeemed' } }
    expect(await newest()).toMatchObject({ action: 'voucher.redeem', ...redeemed })
    await send('post', '/staff', { mobile: diner.phone, role: 'cashier' }, owner)
    expect(await newest()).toMatchObject({ action: 'staff.grant', before: { role: null }, after: { role: 'cashier' } })
    await send('delete', `/staff/${diner.userId}`, undefined, owner)
    expect(await newest()).toMatchObject({ action: 'staff.revoke', before: { role: 'cashier' }, after: { role: null } })
  })

  test('what was refused, or changed nothing, leaves nothing in it', async () => {
    const total = async () => (await readBy(owner)).data.pagination.total
    const before = await total()
    await send('post', `/users/${diner.userId}/points`, { points: -1_001, reason: '扣回' })
    await send('post', `/users/${manager.userId}/points`, { points: 1, reason: '补录' })
    await send('post', '/staff', { mobile: manager.phone, role: 'manager' }, owner)
    await send('post', '/staff', { mobile: diner.phone, role: 'owner' })
    await send('put', '/products/999999', { name: '无' })
    expect(await total()).toBe(before)
  })

  test('every look-up of a member stands in it, and says neither their phone nor their code', async () => {
    const { data } = await service.client.get('/api/user/member-code', { token: diner.token })
    const cashier = await signInStaff(service, 'cashier')
    await service.client.get(`${base}/members/${data.code}`, { token: cashier.token })
    await service.client.get(`${base}/users?mobile=${diner.phone}`, { token: manager.token })
    const { records } = (await readBy(owner, 'action=member.look_up')).data
    expect(records).toMatchObject([
      { actor: { user_id: manager.userId }, target: `user:${diner.userId}`, details: { by: 'mobile' }, before: null },
      { actor: { user_id: cashier.userId }, target: `user:${diner.userId}`, details: { by: 'member_code' } },
    ])
    expect(JSON.stringify(records)).not.toContain(diner.phone)
    expect(JSON.stringify(records)).not.toContain(data.code)
  })

  test('a command stands in it by the user of the machine, and by nobody of the staff', async () => {
    const actor = { userId: null, systemUser: 'operator' } as const
    await service.services.till.run(setStanding, { userId: diner.userId, status: 'banned', actor })
    expect(await newest()).toMatchObject({
      ...{ actor: null, system_user: 'operator', address_id: null, action: 'account.banned' },
      ...{ before: { status: 'active' }, after: { status: 'banned' } },
    })
  })

  test('is filtered by who, what, on what and when, and comes in pages, newest first', async () => {
    const ids = [await newProduct(service, 5), await newProduct(service, 5)]
    for (const id of ids) await send('put', `/products/${id}`, { name: '甲' })
    await send('put', `/products/${ids[0]}`, { name: '乙' }, owner)
    const told = async (query: string) => {
      const { records, pagination } = (await readBy(owner, query)).data
      return [records.map(({ target }: AuditRecord) => target), pagination.total]
    }
    const [first, second] = ids.map((id) => `product:${id}`)
    expect(await told(`action=product.edit`)).toEqual([[first, second, first], 3])
    expect(await told(`action=product.edit&limit=1&page=2`)).toEqual([[second], 3])
    expect(await told(`actor_id=${manager.userId}`)).toEqual([[second, first], 2])
    expect(await told(`target=${second}&action=product.edit`)).toEqual([[second], 1])
    const today = service.services.calendar.dayOf(service.clock.now())
    expect((await told(`action=product.edit&from=${today}&to=${today}`))[1]).toBe(3)
    const yesterday = service.services.calendar.plusDays(today, -1)
    expect((await told(`action=product.edit&to=${yesterday}`))[1]).toBe(0)
  })

  test('rows of an earlier version are shown as they are', async () => {
    const sql = `INSERT INTO audit_log (actor_id, action, target, details, created_at)
                 VALUES (?, 'product.edit', 'product:1', '{"name":"旧"}', UTC_TIMESTAMP(3))`
    await service.database.query(sql, [manager.userId])
    expect(await newest('action=product.edit')).toMatchObject({ before: null, after: null, details: { name: '旧' } })
  })

  test('a reader of it who lost the role reads no more, and an auditor reads it and changes nothing', async () => {
    const auditor = await signInStaff(service, 'auditor')
    expect((await readBy(auditor)).code).toBe(0)
    expect((await send('post', `/users/${diner.userId}/points`, { points: 1, reason: '补录' }, auditor)).code).toBe(
      2007,
    )
    await appoint(service, auditor, null)
    expect((await readBy(auditor)).code).toBe(2005)
  })

  test('nothing in the program changes or deletes a row of it', () => {
    expect(auditLog.updates).toEqual([])
    const src = join(import.meta.dir, '../../src')
    const rewriting = /(UPDATE|DELETE FROM|REPLACE INTO|TRUNCATE)\s+`?audit_log|\.(update|delete)\(auditLogTable\)/i
    const found = [...new Glob('**/*.ts').scanSync(src)].filter((path) =>
      rewriting.test(readFileSync(join(src, path), 'utf8')),
    )
    expect(found).toEqual([])
  })
})
