import { afterAll, beforeEach, expect, setSystemTime, test } from 'bun:test'
import { startAlertDesk } from '../support/alert-desk.ts'
import { figuresNow, sumOf } from '../support/figures.ts'
import { newPhone } from '../support/people.ts'
import { useService } from '../support/service.ts'

const desk = startAlertDesk()
afterAll(() => desk.stop())
const service = useService({
  RATE_LIMIT: 'on',
  TRUST_PROXY: '1',
  SMS_PER_HOUR: '10',
  SMS_PER_DAY: '25',
  ALERT_WEBHOOK: desk.url,
  ALERT_FORMAT: 'wecom',
})
const hour_ms = 3_600_000
const start_ms = Date.now()
let days = 0

beforeEach(() => {
  days += 2
  setSystemTime(new Date(start_ms + days * 24 * hour_ms))
  desk.told.length = 0
})
afterAll(() => setSystemTime())
const pass = (ms: number) => setSystemTime(new Date(Date.now() + ms))

let addresses = 0
const newAddress = () => {
  addresses += 1
  return `198.51.100.${addresses}`
}
const sendCode = (phone = newPhone(), address = newAddress()) =>
  service.client.post('/api/auth/send-code', { body: { phone }, headers: { 'X-Forwarded-For': address } })
/** Strangers, each from an address of their own: how many of so many are sent a code. */
const strangers = async (count: number) => {
  const answers = await Promise.all(Array.from({ length: count }, () => sendCode()))
  return answers.filter(({ code }) => code === 0).length
}

// First, as alerts of one kind are told one by one only after a pause.
test('the operators are told at 80 % of the budget, and at its end', async () => {
  const told = () => desk.told.map(({ body }) => body.markdown.content as string).join('\n')
  await strangers(7)
  await Bun.sleep(200)
  expect(told()).toBe('')
  await strangers(1)
  for (let looks = 0; desk.told.length === 0 && looks < 200; looks += 1) await Bun.sleep(20)
  expect(told()).toContain('短信额度告急')
  expect(told()).toContain('这一小时已发验证码短信 8 条，上限 10 条')
  const raised = async () => sumOf(await figuresNow(service), 'alerts_total', 'event="sms_budget"')
  const before = await raised()
  await strangers(4)
  expect(await raised()).toBe(before + 1)
  await strangers(4)
  expect(await raised()).toBe(before + 1)
})

test('all addresses together have no more codes sent than the site’s budget of an hour and of a day', async () => {
  expect(await strangers(14)).toBe(10)
  const refused = await sendCode()
  expect([refused.code, refused.msg]).toEqual([1003, '短信发送繁忙，请稍后再试或使用微信登录'])
  expect(refused.data.retry_after).toBeGreaterThan(3_500)
  pass(hour_ms)
  expect(await strangers(14)).toBe(10)
  pass(hour_ms)
  expect(await strangers(14)).toBe(5)
  expect((await sendCode()).data.retry_after).toBeGreaterThan(21 * 3_600)
  pass(23 * hour_ms)
  expect(await strangers(14)).toBe(10)
})

test('devices that signed in before have a fifth of the budget besides, and no more', async () => {
  const homes = Array.from({ length: 3 }, () => ({ phone: newPhone(), address: newAddress() }))
  for (const { phone, address } of homes) {
    const headers = { 'X-Forwarded-For': address }
    const { code } = await service.client.post('/api/auth/login', { body: { phone, code: '123456' }, headers })
    expect(code).toBe(0)
  }
  expect(await strangers(14)).toBe(10)
  const answers = []
  for (const { phone, address } of homes) answers.push((await sendCode(phone, address)).code)
  expect(answers).toEqual([0, 0, 1003])
})

test('a code that is refused costs the budget nothing', async () => {
  const phone = newPhone()
  expect((await sendCode(phone)).code).toBe(0)
  for (let times = 0; times < 12; times += 1) expect((await sendCode(phone)).code).toBe(1003)
  expect(await strangers(10)).toBe(9)
})
