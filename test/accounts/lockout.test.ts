import { afterEach, beforeEach, describe, expect, setSystemTime, test } from 'bun:test'
import { createKnownDevices } from '../../src/accounts/known-devices.ts'
import { createTokens } from '../../src/accounts/tokens.ts'
import { newPhone } from '../support/people.ts'
import { useService } from '../support/service.ts'

const service = useService({ RATE_LIMIT: 'on', TRUST_PROXY: '1', SEND_CODE_PER_ADDRESS_HOUR: '20' })
const [minute_ms, hour_ms] = [60_000, 3_600_000]

// The limits' windows follow the wall clock. It stands still here, and a test lets time pass.
beforeEach(() => setSystemTime(new Date()))
afterEach(() => setSystemTime())
const pass = (ms: number) => setSystemTime(new Date(Date.now() + ms))

/** Where a call comes from: a network, a program, and maybe a token. */
interface From {
  address: string
  client: string
  token?: string
}

let addresses = 0
const newPlace = (client = 'a phone'): From => {
  addresses += 1
  return { address: `192.0.2.${addresses}`, client }
}
const post = (path: string, body: object, { address, client, token }: From) =>
  service.client.post(path, { body, token, headers: { 'X-Forwarded-For': address, 'User-Agent': client } })
const sendCode = async (phone: string, from: From) => (await post('/api/auth/send-code', { phone }, from)).code
const login = (phone: string, code: string, from: From) => post('/api/auth/login', { phone, code }, from)
const loginCode = async (phone: string, code: string, from: From) => (await login(phone, code, from)).code
const codeOf = (phone: string) => service.printed.findLast((line) => line.includes(phone))?.slice(-6) ?? ''
const wrongFor = (code: string, n = 0) => String((Number(code) + 1 + n) % 1_000_000).padStart(6, '0')
const guess = async (phone: string, times: number, from: () => From) => {
  const code = codeOf(phone)
  for (let n = 0; n < times; n += 1) await login(phone, wrongFor(code, n), from())
}

/** Someone who signed in by a code at home an hour ago. */
async function ownerAt(home: From): Promise<{ phone: string; data: { access_token: string; refresh_token: string } }> {
  const phone = newPhone()
  expect(await sendCode(phone, home)).toBe(0)
  const { code, data } = await login(phone, codeOf(phone), home)
  expect(code).toBe(0)
  pass(hour_ms)
  return { phone, data }
}

/** A stranger has as many codes sent to a phone as it may get. */
async function useUpCodes(phone: string): Promise<void> {
  for (let times = 0; times < 5; times += 1) {
    expect(await sendCode(phone, newPlace())).toBe(0)
    pass(minute_ms)
  }
  expect(await sendCode(phone, newPlace())).toBe(1003)
}

describe('a device that signed in before', () => {
  test('gets codes after strangers have used up what its phone may get, and has the same limits for itself', async () => {
    const home = newPlace()
    const { phone } = await ownerAt(home)
    await useUpCodes(phone)
    expect(await sendCode(phone, home)).toBe(0)
    expect(await loginCode(phone, codeOf(phone), home)).toBe(0)
    expect(await sendCode(phone, home)).toBe(1003)
    const sent = async (every_ms: number, times: number) => {
      let count = 0
      for (let i = 0; i < times; i += 1) {
        pass(every_ms)
        if ((await sendCode(phone, home)) === 0) count += 1
      }
      return count
    }
    expect(await sent(minute_ms, 8)).toBe(4)
    // The first code, of an hour before the strangers', is still of this day.
    expect(await sent(hour_ms, 8)).toBe(4)
  })

  test('may count on the codes that older versions of the program have noted as sent', async () => {
    const home = newPlace()
    const { phone } = await ownerAt(home)
    const minutesAgo = [50, 40, 30, 20, 10].map((minutes) => Date.now() - minutes * minute_ms)
    await service.database.query('UPDATE sms_codes SET sends = ?', [JSON.stringify(minutesAgo)])
    expect(await sendCode(phone, newPlace())).toBe(1003)
    expect(await sendCode(phone, home)).toBe(0)
  })

  test('signs in with a code that strangers asked for and tried in vain, and they get ten tries in all', async () => {
    const home = newPlace()
    const { phone } = await ownerAt(home)
    const stranger = newPlace()
    expect(await sendCode(phone, stranger)).toBe(0)
    await guess(phone, 8, () => stranger)
    await guess(phone, 8, newPlace)
    for (const from of [stranger, newPlace()]) expect(await loginCode(phone, codeOf(phone), from)).toBe(1002)
    const [row] = await service.database.query<{ wrong_tries: number; tries_by: string | object }>(
      'SELECT wrong_tries, tries_by FROM sms_codes WHERE phone = ?',
      [phone],
    )
    const triesBy = typeof row?.tries_by === 'string' ? JSON.parse(row.tries_by) : row?.tries_by
    expect([row?.wrong_tries, Object.values(triesBy)]).toEqual([5, [5]])
    expect(await loginCode(phone, codeOf(phone), home)).toBe(0)
  })

  test('has five tries of its own', async () => {
    const home = newPlace()
    const { phone } = await ownerAt(home)
    expect(await sendCode(phone, newPlace())).toBe(0)
    await guess(phone, 5, () => home)
    expect(await loginCode(phone, codeOf(phone), home)).toBe(1002)
    expect(await loginCode(phone, codeOf(phone), newPlace())).toBe(0)
  })

  test('signs in on a Wi-Fi where a stranger has used up the logins of its phone', async () => {
    const wifi = newPlace()
    const { phone } = await ownerAt(wifi)
    const stranger = { ...wifi, client: 'a script' }
    await guess(phone, 10, () => stranger)
    expect(await loginCode(phone, '123456', stranger)).toBe(9006)
    expect(await loginCode(phone, '123456', wifi)).toBe(0)
  })

  test('signs in on a Wi-Fi where a stranger has used up the wrong codes, and its own are not counted', async () => {
    const wifi = newPlace()
    const { phone } = await ownerAt(wifi)
    await guess(phone, 9, () => wifi)
    const stranger = { ...wifi, client: 'a script' }
    const codes = await Promise.all(Array.from({ length: 101 }, () => loginCode(newPhone(), '654321', stranger)))
    expect(codes.filter((code) => code === 1002)).toHaveLength(100)
    expect(await loginCode(phone, '123456', stranger)).toBe(9006)
    expect(await loginCode(phone, '123456', wifi)).toBe(0)
  })

  test('gets codes on a Wi-Fi where a stranger has used up the codes of the address', async () => {
    const wifi = newPlace()
    const { phone } = await ownerAt(wifi)
    const stranger = { ...wifi, client: 'a script' }
    const codes = await Promise.all(Array.from({ length: 21 }, () => sendCode(newPhone(), stranger)))
    expect(codes.filter((code) => code === 0)).toHaveLength(20)
    expect(await sendCode(newPhone(), wifi)).toBe(9006)
    expect(await sendCode(phone, wifi)).toBe(0)
  })

  test('is known after a logout, and after its session has expired', async () => {
    const home = newPlace()
    const { phone, data } = await ownerAt(home)
    expect((await service.client.post('/api/auth/logout', { token: data.access_token })).code).toBe(0)
    pass(30 * 24 * hour_ms)
    await useUpCodes(phone)
    expect(await sendCode(phone, home)).toBe(0)
  })

  test('is known in another network by a token of either kind that it sends along', async () => {
    const { phone, data } = await ownerAt(newPlace())
    await useUpCodes(phone)
    const away = newPlace('another client')
    expect(await sendCode(phone, away)).toBe(1003)
    for (const token of [data.access_token, data.refresh_token]) {
      expect(await sendCode(phone, { ...away, token })).toBe(0)
      pass(minute_ms)
    }
  })

  test('is not known by a token of another account, of an ended session, or of nobody', async () => {
    const other = await ownerAt(newPlace())
    const { phone, data } = await ownerAt(newPlace())
    await useUpCodes(phone)
    const stranger = newPlace('a script')
    for (const token of [other.data.refresh_token, 'nonsense', `${data.refresh_token.slice(0, -3)}abc`]) {
      expect(await sendCode(phone, { ...stranger, token })).toBe(1003)
    }
    expect((await service.client.post('/api/auth/logout', { token: data.access_token })).code).toBe(0)
    expect(await sendCode(phone, { ...stranger, token: data.refresh_token })).toBe(1003)
  })

  test('is known to its own account only', async () => {
    const home = newPlace()
    await ownerAt(home)
    const other = await ownerAt(newPlace())
    await useUpCodes(other.phone)
    expect(await sendCode(other.phone, home)).toBe(1003)
  })

  test('is known during the rotation of the secret', async () => {
    const home = newPlace()
    const { phone } = await ownerAt(home)
    const { JWT_SECRET: previousSecret = '' } = service.services.config
    const secret = 'n'.repeat(32)
    const { database } = service
    const tokens = createTokens({ secret, previousSecret, now: () => new Date() })
    const device = { address: home.address, userAgent: home.client, info: undefined, token: undefined }
    const rotated = createKnownDevices({ database, tokens, secret, previousSecret })
    expect(await rotated.recognise(phone, device)).toMatchObject({ isKnown: true, isProven: false })
    const forgetful = createKnownDevices({ database, tokens, secret, previousSecret: undefined })
    expect(await forgetful.recognise(phone, device)).toMatchObject({ isKnown: false })
  })
})

describe('a device that is new', () => {
  test('signs in with the code that it asked for, whatever strangers elsewhere tried in vain', async () => {
    const [phone, here] = [newPhone(), newPlace()]
    expect(await sendCode(phone, here)).toBe(0)
    await guess(phone, 12, newPlace)
    expect(await loginCode(phone, codeOf(phone), newPlace())).toBe(1002)
    expect(await loginCode(phone, codeOf(phone), here)).toBe(0)
  })

  test('signs in from its address, however often strangers elsewhere try to sign in to its phone', async () => {
    const [phone, here, there] = [newPhone(), newPlace(), newPlace()]
    expect(await sendCode(phone, here)).toBe(0)
    await guess(phone, 11, () => there)
    expect(await loginCode(phone, codeOf(phone), there)).toBe(9006)
    expect(await loginCode(phone, codeOf(phone), here)).toBe(0)
  })
})

test('of 60 strangers who try a code at the same time, from an address each, five have a chance', async () => {
  const [phone, here] = [newPhone(), newPlace()]
  await sendCode(phone, here)
  const code = codeOf(phone)
  await Promise.all(Array.from({ length: 60 }, (_, n) => login(phone, wrongFor(code, n), newPlace())))
  const [row] = await service.database.query<{ wrong_tries: number }>('SELECT wrong_tries FROM sms_codes')
  expect(row?.wrong_tries).toBe(5)
  expect(await service.database.query('SELECT 1 FROM users')).toEqual([])
})
