import { afterEach, beforeEach, describe, expect, setSystemTime, test } from 'bun:test'
import { newPhone } from '../support/people.ts'
import { useService } from '../support/service.ts'

/** Every limit as it is by default. */
const service = useService({ RATE_LIMIT: 'on', TRUST_PROXY: '1' })
const [minute_ms, hour_ms, day_h] = [60_000, 3_600_000, 24]

// The limits' windows go by the time of day: it stands still here, and passes when a test says so.
beforeEach(() => setSystemTime(new Date()))
afterEach(() => setSystemTime())
const pass = (ms: number) => setSystemTime(new Date(Date.now() + ms))

let addresses = 0
const newAddress = () => {
  addresses += 1
  return `203.0.113.${addresses}`
}
const post = (path: string, body: unknown, address: string, token?: string) =>
  service.client.post(path, { body, token, headers: { 'X-Forwarded-For': address } })
const sendCode = (phone: string, address: string) => post('/api/auth/send-code', { phone }, address)
const login = (phone: string, code: string, address: string) => post('/api/auth/login', { phone, code }, address)
const codeOf = (phone: string) => service.printed.findLast((line) => line.includes(phone))?.slice(-6) ?? ''
const wrongFor = (code: string) => (code === '000000' ? '000001' : '000000')
const counted = (answers: { code: number }[], wanted: number) => answers.filter(({ code }) => code === wanted).length
const many = <Answer>(count: number, make: () => Promise<Answer>) => Promise.all(Array.from({ length: count }, make))

describe('an address that does nothing else all day', () => {
  test('has 300 codes sent an hour and 1000 a day, to whatever phones', async () => {
    const mine = newAddress()
    const burst = async () => counted(await many(60, () => sendCode(newPhone(), mine)), 0)
    const hours = []
    for (let hour = 0; hour < day_h; hour += 1) {
      const start = Date.now()
      let sent = 0
      for (let more = await burst(); more > 0; more = await burst()) {
        sent += more
        pass(minute_ms)
      }
      hours.push(sent)
      setSystemTime(new Date(start + hour_ms))
    }
    expect(hours).toEqual([300, 300, 300, 100, ...Array(20).fill(0)])
    expect((await sendCode(newPhone(), newAddress())).code).toBe(0)
    expect((await sendCode(newPhone(), mine)).code).toBe(0)
  })

  test('guesses 100 codes an hour, however many at once and for whatever phones', async () => {
    const mine = newAddress()
    let guessed = 0
    for (let hour = 0; hour < day_h; hour += 1) {
      const answers = await many(120, () => login(newPhone(), '654321', mine))
      guessed += counted(answers, 1002)
      expect(counted(answers, 9006)).toBe(20)
      pass(hour_ms)
    }
    expect(guessed).toBe(2_400)
  })

  test('and varies its IPv6 network, gets what four of them get', async () => {
    let networks = 0
    const nextNetwork = () => {
      networks += 1
      return `2001:db8:5:${networks}::1`
    }
    expect(counted(await many(420, () => login(newPhone(), '654321', nextNetwork())), 1002)).toBe(400)
    expect((await login(newPhone(), '654321', '2001:db8:6::1')).code).toBe(1002)
  })

  test('is told when it may try again', async () => {
    const mine = newAddress()
    await many(100, () => login(newPhone(), '654321', mine))
    const { code, data, headers } = await login(newPhone(), '654321', mine)
    expect(code).toBe(9006)
    expect(data.retry_after).toBeGreaterThan(3_500)
    expect(data.retry_after).toBeLessThanOrEqual(3_600)
    expect(headers.get('Retry-After')).toBe(`${data.retry_after}`)
  })
})

test('a right code costs its address none of its wrong ones, nor does a stopped account', async () => {
  const mine = newAddress()
  await many(98, () => login(newPhone(), '654321', mine))
  const known = newPhone()
  for (let times = 0; times < 5; times += 1) expect((await login(known, '123456', mine)).code).toBe(0)
  await service.database.query("UPDATE users SET status = 'banned'")
  for (let times = 0; times < 4; times += 1) expect((await login(known, '123456', mine)).code).toBe(2004)
  expect((await login(newPhone(), '654321', mine)).code).toBe(1002)
  expect((await login(newPhone(), '123456', mine)).code).toBe(0)
})

/** How many come in each of ten minutes. */
const arrivals = [60, 40, 30, 20, 10, 10, 10, 10, 5, 5]

/** A diner at their table, with a code: one of ten mistypes it first. */
async function settle(phone: string, diner: number, address: string): Promise<number[]> {
  const code = codeOf(phone)
  if (diner % 10 === 2) expect((await login(phone, wrongFor(code), address)).code).toBe(1002)
  const signedIn = await login(phone, code, address)
  const token = signedIn.data.access_token
  const headers = { 'X-Forwarded-For': address }
  const looks = ['user/info', 'lottery/config', 'exchange/products', 'user/status'].map((path) =>
    service.client.get(`/api/${path}`, { token, headers }),
  )
  const play = [
    await post('/api/user/check-in', {}, address, token),
    await post('/api/lottery/draw', { draw_type: 'single' }, address, token),
  ]
  return [signedIn, ...(await Promise.all(looks)), ...play].map(({ code: of }) => of)
}

test('on an opening night 200 diners on one Wi-Fi sign in within ten minutes, and feel no limit', async () => {
  const wifi = newAddress()
  const codes: number[] = []
  /** One of ten overlooks the message, and asks again a minute later. */
  let late: string[] = []
  for (const coming of arrivals) {
    const phones = [...Array.from({ length: coming }, newPhone), ...late]
    codes.push(...(await Promise.all(phones.map((phone) => sendCode(phone, wifi)))).map(({ code }) => code))
    late = phones.slice(0, coming / 10)
    const there = phones.slice(late.length)
    codes.push(...(await Promise.all(there.map((phone, diner) => settle(phone, diner, wifi)))).flat())
    pass(minute_ms)
  }
  expect(codes.filter((code) => code !== 0)).toEqual([])
  expect(await service.database.query('SELECT 1 FROM users')).toHaveLength(200)
})
