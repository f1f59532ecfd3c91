import { beforeEach, describe, expect, test } from 'bun:test'
import { counterOf, newOrder } from '../../support/counter.ts'
import { type Person, signIn, signInMerchant, signInStaff } from '../../support/people.ts'
import { useService } from '../../support/service.ts'

const service = useService({ RATE_LIMIT: 'on', RATE_LIMIT_LOGIN: '1000000', RATE_LIMIT_ADDRESS: '1000000' })
let diner: Person
let merchant: Person
let token: string

beforeEach(async () => {
  diner = await signIn(service)
  merchant = await signInMerchant(service)
  token = merchant.token
})

const { look } = counterOf(service, () => merchant)

describe('members', () => {
  const memberCode = async () => (await service.client.get('/api/user/member-code', { token: diner.token })).data.code
  const lookMember = (code: string, by = merchant) =>
    service.client.get(`/api/merchant/members/${encodeURIComponent(code)}`, { token: by.token })

  test('a member code shows the same as the phone number, also just after the code has changed', async () => {
    await newOrder(service, diner)
    const code = await memberCode()
    const byPhone = await service.client.get(`/api/merchant/users?mobile=${diner.phone}`, { token })
    expect((await lookMember(code)).data).toEqual(byPhone.data)
    expect(byPhone.data.vouchers).toHaveLength(1)
    service.clock.advance(60_000)
    expect((await lookMember(code)).data.user.user_id).toBe(diner.userId)
    service.clock.advance(60_000)
    expect((await lookMember(code)).code).toBe(2003)
  })

  test('a member is found by a code that is typed in groups, in full width, or pasted', async () => {
    const code = await memberCode()
    const full = code.replace(/\d/g, (digit: string) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0))
    for (const typed of [code.match(/.{1,4}/g)?.join(' ') ?? '', full, `会员码：${code}`, `${code}\n`])
      expect((await lookMember(typed)).data.user.user_id).toBe(diner.userId)
  })

  test('misses of members and vouchers count together: after ten even a real code is refused', async () => {
    const code = await memberCode()
    const guesses = Array.from({ length: 12 }, (_, i) => (i % 2 ? lookMember('1'.repeat(18)) : look('ZZZZZZZZZZ')))
    const told = (await Promise.all(guesses)).map((one) => one.code)
    // Which two come too late is a matter of luck.
    expect(told.filter((one) => one === 9006)).toHaveLength(2)
    expect(told.filter((one) => one === 2003 || one === 6006)).toHaveLength(10)
    expect((await lookMember(code)).code).toBe(9006)
    expect((await lookMember(code, await signInMerchant(service))).code).toBe(0)
  })

  test.each(['1', '1'.repeat(17), '1'.repeat(19), 'x'.repeat(18), "' OR 1=1"])(
    'the member code %p is refused with 2003',
    async (code) => {
      expect((await lookMember(code)).code).toBe(2003)
    },
  )

  test('only merchants may look up members, and a code of no account is refused with 2003', async () => {
    expect((await lookMember(await memberCode(), diner)).code).toBe(2005)
    const { code } = service.services.memberCodes.codeOf(2_000_000_000)
    expect((await lookMember(code)).code).toBe(2003)
  })

  test('no row of the audit log contains a member code', async () => {
    const code = await memberCode()
    await lookMember(code)
    const [rows] = await service.database.query<{ n: number }>(
      'SELECT COUNT(*) AS n FROM audit_log WHERE target LIKE ? OR details LIKE ?',
      [`%${code}%`, `%${code}%`],
    )
    expect(rows?.n).toBe(0)
  })
})

describe('ledgers', () => {
  const ledgerOf = (id: number | string, by: Person, query = '') =>
    service.client.get(`/api/merchant/users/${id}/points${query}`, { token: by.token })

  test('a manager reads a person’s ledger page by page, and the audit log says so', async () => {
    const body = { points: -30, reason: '扣回' }
    await service.client.post(`/api/merchant/users/${diner.userId}/points`, { token, body })
    const { data } = await ledgerOf(diner.userId, merchant, '?limit=1')
    expect(data.records).toMatchObject([{ points: -30, description: '扣回', balance_after: 970 }])
    expect(data.pagination.total).toBe(2)
    expect((await ledgerOf(diner.userId, merchant, '?type=earn')).data.records).toMatchObject([{ source: 'register' }])
    const [read] = await service.database.query<{ target: string }>(
      "SELECT target FROM audit_log WHERE action = 'member.ledger'",
    )
    expect(read?.target).toBe(`user:${diner.userId}`)
  })

  test('a cashier reads no ledger, and the ledger of nobody is refused with 2003', async () => {
    const cashier = await signInStaff(service, 'cashier')
    expect(await ledgerOf(diner.userId, cashier)).toMatchObject({ code: 2007, data: { required: 'ledgers' } })
    for (const id of [999_999, 'x']) expect((await ledgerOf(id, merchant)).code).toBe(2003)
  })
})
