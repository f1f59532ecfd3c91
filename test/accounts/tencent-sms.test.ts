import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { tencentSms } from '../../src/accounts/tencent-sms.ts'
import { newPhone } from '../support/people.ts'
import { startProgram } from '../support/process.ts'
import { useService } from '../support/service.ts'
import { type Fate, startTencent } from '../support/tencent.ts'

const tencent = startTencent()
afterAll(() => tencent.stop())
beforeEach(() => tencent.next())

const settings = {
  SMS_PROVIDER: 'tencent',
  SMS_SECRET_ID: tencent.secretId,
  SMS_SECRET_KEY: tencent.secretKey,
  SMS_APP_ID: '1400006666',
  SMS_SIGN_NAME: '小餐馆',
  SMS_TEMPLATE_ID: '449739',
  SMS_ENDPOINT: tencent.url,
}
const service = useService(settings)
const sendCode = (phone = newPhone()) => service.client.post('/api/auth/send-code', { body: { phone } })

test('a code is sent signed, by the template and only to its phone, and signs it in', async () => {
  const phone = newPhone()
  expect((await sendCode(phone)).data).toEqual({ expires_in: 300, resend_after: 60 })
  const [message] = tencent.calls.sent
  const code = message?.TemplateParamSet[0]
  expect(message).toEqual({
    PhoneNumberSet: [`+86${phone}`],
    SmsSdkAppId: '1400006666',
    SignName: '小餐馆',
    TemplateId: '449739',
    TemplateParamSet: [code as string, '5'],
  })
  expect(code).toMatch(/^\d{6}$/)
  expect((await service.client.post('/api/auth/login', { body: { phone, code } })).code).toBe(0)
})

test('ten codes at the same time reach their ten phones', async () => {
  const phones = Array.from({ length: 10 }, newPhone)
  const answers = await Promise.all(phones.map(sendCode))
  expect(answers.map(({ code }) => code)).toEqual(Array(10).fill(0))
  expect(tencent.calls.sent.map(({ PhoneNumberSet }) => PhoneNumberSet[0]).sort()).toEqual(
    phones.map((phone) => `+86${phone}`).sort(),
  )
})

test('with Tencent’s SMS the development code is refused and nothing is printed', async () => {
  await sendCode()
  expect((await service.client.post('/api/auth/login', { body: { phone: newPhone(), code: '123456' } })).code).toBe(
    1002,
  )
  expect(service.printed).toEqual([])
})

describe('the vendor’s limits for a phone', () => {
  test.each([
    ['LimitExceeded.PhoneNumberThirtySecondLimit', 30],
    ['LimitExceeded.PhoneNumberOneHourLimit', 3_600],
    ['LimitExceeded.PhoneNumberDailyLimit', 86_400],
    ['LimitExceeded.DeliveryFrequencyLimit', 60],
  ])('the vendor’s limit %s is answered with 1003 and the time to wait', async (status, retry_after) => {
    tencent.next({ status })
    expect(await sendCode()).toMatchObject({ status: 200, code: 1003, data: { retry_after } })
    expect(tencent.calls.count).toBe(1)
  })
})

describe('a message', () => {
  const fates: Fate[] = [
    { status: 'FailedOperation.SignatureIncorrectOrUnapproved' },
    { status: 'FailedOperation.InsufficientBalanceInSmsPackage' },
    { status: 'InternalError.Timeout' },
    { error: 'AuthFailure.SecretIdNotFound' },
    'broken',
    'garbage',
    'odd',
    'slow',
  ]
  test.each(fates)('a message whose outcome is %j is answered with 1000 and never sent twice', async (fate) => {
    tencent.next(fate, fate)
    const answer = await sendCode()
    expect(answer).toMatchObject({ status: 200, code: 1000, data: null })
    expect(answer.msg).not.toMatch(/as told|[A-Z]\w+\./)
    expect(tencent.calls.count).toBe(1)
  })

  test('a message that the vendor refused for too many calls is sent again, and arrives once', async () => {
    tencent.next({ error: 'RequestLimitExceeded' }, { error: 'RequestLimitExceeded.IPLimitExceeded' })
    const phone = newPhone()
    expect((await sendCode(phone)).code).toBe(0)
    expect(tencent.calls.count).toBe(3)
    expect(tencent.calls.sent.filter(({ PhoneNumberSet }) => PhoneNumberSet[0] === `+86${phone}`)).toHaveLength(1)
  })

  test('a message that did not reach the vendor is tried again before it is given up', async () => {
    const pauses_ms = [5, 5]
    const sms = tencentSms({ ...senderSettings, endpoint: 'http://127.0.0.1:9', pauses_ms })
    await expect(sms.send(newPhone(), '000000')).rejects.toMatchObject({ name: 'NotSent', code: 'unreachable' })
  })

  test('the vendor refuses a message that is signed with another key', async () => {
    const sms = tencentSms({ ...senderSettings, secretKey: 'another-key' })
    await expect(sms.send(newPhone(), '000000')).rejects.toMatchObject({ code: 'AuthFailure.SignatureFailure' })
  })

  test('a message contains the parameters that its template needs', async () => {
    await tencentSms({ ...senderSettings, templateParams: ['code'] }).send(newPhone(), '012345')
    expect(tencent.calls.sent[0]?.TemplateParamSet).toEqual(['012345'])
  })
})

const senderSettings = {
  secretId: tencent.secretId,
  secretKey: tencent.secretKey,
  appId: '1400006666',
  signName: '小餐馆',
  templateId: '449739',
  templateParams: ['code', 'minutes'] as const,
  region: 'ap-guangzhou',
  endpoint: tencent.url,
  expires_in: 300,
}

test('the log says what went wrong, and contains no key, code or phone', async () => {
  const program = await startProgram({ DATABASE_URL: service.databaseUrl, JOBS: 'off', ...settings })
  const phone = newPhone()
  const post = (body: object) =>
    fetch(`${program.url}/api/auth/send-code`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
  tencent.next({ error: 'AuthFailure.UnauthorizedOperation' }, { status: 'Ok' })
  await post({ phone })
  await post({ phone })
  await program.kill()
  expect(program.output()).toContain('AuthFailure.UnauthorizedOperation')
  const code = tencent.calls.sent[0]?.TemplateParamSet[0] ?? 'none was sent'
  for (const hidden of [tencent.secretId, tencent.secretKey, phone, code])
    expect(program.output()).not.toContain(hidden)
})
