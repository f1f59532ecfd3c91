import { afterAll, describe, expect, test } from 'bun:test'
import { newPhone } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { startWechat } from '../support/wechat.ts'

const wechat = startWechat()
afterAll(() => wechat.stop())

const service = useService({
  RATE_LIMIT: 'on',
  RATE_LIMIT_ADDRESS: '120',
  SEND_CODE_PER_ADDRESS: '20',
  RATE_LIMIT_WECHAT_MISS: '30',
  TRUST_PROXY: '1',
  WECHAT_APPID: wechat.appid,
  WECHAT_SECRET: wechat.secret,
  WECHAT_API: wechat.url,
})
let addresses = 0
/** Each test uses an address of its own. */
const from = () => {
  addresses += 1
  return { 'X-Forwarded-For': `198.51.100.7, 203.0.113.${addresses}` }
}
const post = (path: string, body: unknown, headers = from(), token?: string) =>
  service.client.post(path, { body, headers, token })

describe('codes', () => {
  test('one phone gets at most one code a minute, five an hour and ten a day', async () => {
    const phone = newPhone()
    const send = () => post('/api/auth/send-code', { phone })
    expect((await send()).code).toBe(0)
    const soon = await send()
    expect(soon.code).toBe(1003)
    expect(soon.data.retry_after).toBeGreaterThan(55)
    expect(soon.data.retry_after).toBeLessThanOrEqual(60)
    const sent = async (every_ms: number, times: number) => {
      let count = 0
      for (let i = 0; i < times; i += 1) {
        service.clock.advance(every_ms)
        if ((await send()).code === 0) count += 1
      }
      return count
    }
    expect(await sent(61_000, 8)).toBe(4)
    expect(await sent(3_600_000, 8)).toBe(5)
  })

  test('codes that were sent while the clock was a day ahead do not block anybody after it is corrected', async () => {
    const phone = newPhone()
    service.clock.shift(86_400_000)
    expect((await post('/api/auth/send-code', { phone })).code).toBe(0)
    service.clock.shift(-86_400_000)
    expect((await post('/api/auth/send-code', { phone })).code).toBe(0)
    expect((await post('/api/auth/send-code', { phone })).data.retry_after).toBeLessThanOrEqual(60)
  })

  test('one phone that asks 20 times at the same moment gets one code', async () => {
    const phone = newPhone()
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('/api/auth/send-code', { phone })))
    expect(answers.filter(({ code }) => code === 0)).toHaveLength(1)
    expect(service.printed.filter((line) => line.includes(phone))).toHaveLength(1)
  })

  test('one network gets at most 20 codes a minute, for whatever phones and from whatever IPv6 addresses', async () => {
    addresses += 1
    const mine = () => ({ 'X-Forwarded-For': `2001:db8:0:${addresses}::${newPhone().slice(-4)}` })
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => post('/api/auth/send-code', { phone: newPhone() }, mine())),
    )
    expect(answers.filter(({ code }) => code === 0)).toHaveLength(20)
    expect(answers.filter(({ code }) => code === 9006)).toHaveLength(10)
    expect(service.printed).toHaveLength(20)
    expect((await post('/api/auth/send-code', { phone: newPhone() })).code).toBe(0)
  })

  test('a refused request for a code does not count for its address, and the phone’s earlier code still works', async () => {
    const mine = from()
    const holder = newPhone()
    await post('/api/auth/send-code', { phone: holder }, mine)
    for (let i = 0; i < 25; i += 1) {
      expect((await post('/api/auth/send-code', { phone: holder }, mine)).code).toBe(1003)
    }
    const late = newPhone()
    await post('/api/auth/send-code', { phone: late })
    service.clock.advance(61_000)
    const phones = [...Array.from({ length: 30 }, newPhone), late]
    const answers = await Promise.all(phones.map((phone) => post('/api/auth/send-code', { phone }, mine)))
    expect(answers.filter(({ code }) => code === 0)).toHaveLength(19)
    expect(answers.at(-1)?.code).toBe(9006)
    const code = service.printed.find((line) => line.includes(late))?.slice(-6)
    expect((await post('/api/auth/login', { phone: late, code })).code).toBe(0)
  })

  test('one phone’s limit does not affect another phone', async () => {
    expect((await post('/api/auth/send-code', { phone: newPhone() })).code).toBe(0)
    expect((await post('/api/auth/send-code', { phone: newPhone() })).code).toBe(0)
  })
})

test('each phone may sign in 10 times a minute from one address, and is told Retry-After then', async () => {
  const [phone, mine] = [newPhone(), from()]
  const answers = []
  for (let i = 0; i < 12; i += 1) answers.push(await post('/api/auth/login', { phone, code: '000000' }, mine))
  expect(answers.map(({ code }) => code)).toEqual([...Array(10).fill(1002), 9006, 9006])
  expect(answers[11]?.status).toBe(200)
  expect(Number(answers[11]?.headers.get('Retry-After'))).toBeGreaterThan(0)
  expect((await post('/api/auth/login', { phone, code: '123456' })).code).toBe(0)
})

describe('WeChat logins', () => {
  const wxLogin = (js_code: string, headers = from()) => post('/api/auth/wx-login', { js_code }, headers)

  test('each person may sign in by WeChat 10 times a minute', async () => {
    const answers = []
    for (let i = 0; i < 12; i += 1) answers.push(await wxLogin(wechat.jsCode('oPerson')))
    expect(answers.map(({ code }) => code)).toEqual([...Array(10).fill(1005), 9006, 9006])
    expect((await wxLogin(wechat.jsCode('oOther'))).code).toBe(1005)
  })

  test('after WeChat refused 30 codes of one address in a minute, only that address is refused without asking', async () => {
    const mine = from()
    for (let i = 0; i < 30; i += 1) expect((await wxLogin('invented', mine)).code).toBe(1004)
    wechat.reset()
    expect((await wxLogin(wechat.jsCode('oGuest'), mine)).code).toBe(9006)
    expect(wechat.asked('session')).toBe(0)
    expect((await wxLogin(wechat.jsCode('oGuest'))).code).toBe(1005)
  })

  test('failures because WeChat is away do not count for an address', async () => {
    const mine = from()
    for (let i = 0; i < 31; i += 1) {
      wechat.next('session', 40125)
      expect((await wxLogin(wechat.jsCode('oGuest'), mine)).code).toBe(1004)
    }
    expect((await wxLogin(wechat.jsCode('oLate'), mine)).code).toBe(1005)
  })
})

test('each user may draw 60 times a minute, from all addresses together', async () => {
  const { data } = await post('/api/auth/login', { phone: newPhone(), code: '123456' })
  const draws = await Promise.all(
    Array.from({ length: 70 }, () => post('/api/lottery/draw', { draw_type: 'single' }, from(), data.access_token)),
  )
  expect(draws.filter(({ code }) => code === 9006)).toHaveLength(10)
})

test('each address has a limit, and forged entries further left in X-Forwarded-For do not evade it', async () => {
  const mine = from()
  const codes = await Promise.all(
    Array.from({ length: 130 }, (_, i) =>
      service.client
        .get('/api/user/info', {
          headers: { 'X-Forwarded-For': `10.0.0.${i}, ${mine['X-Forwarded-For'].split(', ')[1]}` },
        })
        .then(({ code }) => code),
    ),
  )
  expect(codes.filter((code) => code === 9006)).toHaveLength(10)
  expect((await service.client.get('/api/user/info', { headers: from() })).code).toBe(2001)
})

test('images have their own limit, of the same size', async () => {
  const headers = from()
  const codeOf = async (path: string) => (await fetch(`${service.url}${path}`, { headers })).headers.get('X-Api-Code')
  const codes = await Promise.all(
    Array.from({ length: 130 }, (_, i) => codeOf(i % 2 ? '/images/none.jpg' : '/avatars/none.jpg')),
  )
  expect([codes.filter((code) => code === '9002'), codes.filter((code) => code === '9006')]).toMatchObject([
    { length: 120 },
    { length: 10 },
  ])
  expect(await codeOf('/api/user/info')).toBe('2001')
})

test('a program that reads the log too often is told so by the status 429', async () => {
  const headers = from()
  const answers = await Promise.all(
    Array.from({ length: 125 }, () => fetch(`${service.url}/tlog/checkpoint`, { headers })),
  )
  const limited = answers.filter(({ status }) => status === 429)
  expect(limited.map((answer) => answer.headers.get('X-Api-Code'))).toEqual(Array(5).fill('9006'))
  expect(Number(limited[0]?.headers.get('Retry-After'))).toBeGreaterThan(0)
})

test('each user may write 240 times a minute, from all addresses together, and reads are not counted', async () => {
  const { data } = await post('/api/auth/login', { phone: newPhone(), code: '123456' })
  const token = data.access_token
  const fromSite = (i: number) => ({ 'X-Forwarded-For': `2001:db8:${i}::1` })
  const rename = (_: unknown, i: number) =>
    service.client.put('/api/user/info', { token, headers: fromSite(i), body: { nickname: '新' } })
  const codes = (await Promise.all(Array.from({ length: 250 }, rename))).map(({ code }) => code)
  expect([codes.filter((code) => code === 0).length, codes.filter((code) => code === 9006).length]).toEqual([240, 10])
  expect((await service.client.get('/api/user/info', { token, headers: fromSite(999) })).code).toBe(0)
})

test('one IPv6 site gets at most as many codes as four networks', async () => {
  const answers = await Promise.all(
    Array.from({ length: 90 }, (_, i) =>
      post('/api/auth/send-code', { phone: newPhone() }, { 'X-Forwarded-For': `2001:db8:77:${i}::1` }),
    ),
  )
  expect(answers.filter(({ code }) => code === 0)).toHaveLength(80)
  const elsewhere = { 'X-Forwarded-For': '2001:db8:7777::1' }
  expect((await post('/api/auth/send-code', { phone: newPhone() }, elsewhere)).code).toBe(0)
})
