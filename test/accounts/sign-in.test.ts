import { describe, expect, test } from 'bun:test'
import { balanceOf, newPhone, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { codesAt, wrong } from '../support/sms-codes.ts'

const service = useService()
const { post, get, sentCode, sendCode } = codesAt(service)

describe('a code', () => {
  test('a code signs in its phone, and creates the account with its bonus and its ledger row', async () => {
    const phone = newPhone()
    const sent = await post('/api/auth/send-code', { phone })
    expect(sent.data).toEqual({ expires_in: 300, resend_after: 60 })
    const { data } = await post('/api/auth/login', {
      phone,
      code: sentCode(phone),
      device_info: { platform: 'ios', x: 1 },
    })
    expect(data).toMatchObject({ is_new_user: true, expires_in: 7200 })
    const { user_info, access_token } = data
    expect(user_info).toMatchObject({
      total_points: 1000,
      is_merchant: false,
      status: 'active',
      nickname: `用户${phone.slice(-4)}`,
    })
    expect(user_info.mobile).toBe(`${phone.slice(0, 3)}****${phone.slice(-4)}`)
    const { data: ledger } = await get('/api/user/points/records', access_token)
    expect(ledger.records).toMatchObject([
      { points: 1000, type: 'earn', source: 'register', related_id: `REG_${user_info.user_id}`, balance_after: 1000 },
    ])
  })

  test('a code works once, even when 20 requests use it at the same time', async () => {
    const phone = newPhone()
    const code = await sendCode(phone)
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('/api/auth/login', { phone, code })))
    expect(answers.filter((answer) => answer.code === 0)).toHaveLength(1)
    expect(answers.filter((answer) => answer.code === 1002)).toHaveLength(19)
    expect(await service.database.query('SELECT 1 FROM users')).toHaveLength(1)
  })

  test('a code expires after five minutes', async () => {
    const phone = newPhone()
    const code = await sendCode(phone)
    service.clock.advance(300_000)
    expect((await post('/api/auth/login', { phone, code })).code).toBe(1002)
  })

  test('five wrong tries make a code useless, and create no account', async () => {
    const phone = newPhone()
    const code = await sendCode(phone)
    for (let i = 0; i < 5; i += 1) {
      expect((await post('/api/auth/login', { phone, code: wrong(code) })).code).toBe(1002)
    }
    expect((await post('/api/auth/login', { phone, code })).code).toBe(1002)
    expect(await service.database.query('SELECT 1 FROM users')).toEqual([])
  })

  test('a code that was never sent creates no account and uses up no account number', async () => {
    const before = await signIn(service)
    const phone = newPhone()
    const tries = Array.from({ length: 8 }, () =>
      service.client.post('/api/auth/login', { body: { phone, code: '654321' } }),
    )
    expect(new Set((await Promise.all(tries)).map(({ code }) => code))).toEqual(new Set([1002]))
    expect((await signIn(service)).userId).toBe(before.userId + 1)
  })

  test('a code still works after four wrong tries', async () => {
    const phone = newPhone()
    const code = await sendCode(phone)
    for (let i = 0; i < 4; i += 1) await post('/api/auth/login', { phone, code: wrong(code) })
    expect((await post('/api/auth/login', { phone, code })).code).toBe(0)
  })

  test('a new code replaces the one before it', async () => {
    const phone = newPhone()
    const first = await sendCode(phone)
    const second = await sendCode(phone)
    if (first !== second) expect((await post('/api/auth/login', { phone, code: first })).code).toBe(1002)
    expect((await post('/api/auth/login', { phone, code: second })).code).toBe(0)
  })

  test('only a digest of a code is stored', async () => {
    const phone = newPhone()
    const code = await sendCode(phone)
    const [row] = await service.database.query('SELECT * FROM sms_codes')
    expect(JSON.stringify(row)).not.toContain(code)
  })
})

describe('sign in', () => {
  test('30 first sign-ins of one phone at the same moment create one account with one bonus', async () => {
    const phone = newPhone()
    const people = await Promise.all(Array.from({ length: 30 }, () => signIn(service, phone)))
    expect(new Set(people.map(({ userId }) => userId)).size).toBe(1)
    expect(await balanceOf(service, people[0] as never)).toBe(1000)
  })

  test('a second sign-in finds the same account', async () => {
    const first = await signIn(service)
    const { data } = await post('/api/auth/login', { phone: first.phone, code: '123456' })
    expect(data).toMatchObject({ is_new_user: false, user_info: { user_id: first.userId, total_points: 1000 } })
  })

  test.each(['inactive', 'banned'])('an account that is %s can’t sign in', async (status) => {
    const { phone } = await signIn(service)
    await service.database.query('UPDATE users SET status = ?', [status])
    expect((await post('/api/auth/login', { phone, code: '123456' })).code).toBe(2004)
  })

  const badPhones: unknown[] = [
    undefined,
    null,
    13800138000,
    '',
    '1380013800',
    '138001380000',
    '12800138000',
    '１３８００１３８０００',
    '13800138000 ',
    [['13800138000']],
    { a: 1 },
    "13800138000' OR 1=1",
    true,
  ]
  test.each(badPhones)('a phone number of %p is refused with 1001', async (phone) => {
    expect((await post('/api/auth/send-code', { phone })).code).toBe(1001)
    expect((await post('/api/auth/login', { phone, code: '123456' })).code).toBe(1001)
  })

  test.each(['12345', '1234567', 'abcdef', '１２３４５６', ''])('a code of %p is refused with 1002', async (code) => {
    expect((await post('/api/auth/login', { phone: newPhone(), code })).code).toBe(1002)
  })

  test('a malformed description of a device is dropped, and the sign-in is not refused', async () => {
    for (const device_info of [
      null,
      'x',
      7,
      ['a'],
      { platform: 'x'.repeat(1000) },
      { deep: { a: 1 } },
      { model: '\ud800' },
    ]) {
      expect((await post('/api/auth/login', { phone: newPhone(), code: '123456', device_info })).code).toBe(0)
    }
  })
})
