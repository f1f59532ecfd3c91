import { describe, expect, test } from 'bun:test'
import { newPhone, signIn } from '../support/people.ts'
import { newOpenid, useWechat } from '../support/wechat-sign-ins.ts'

const { wechat, service, wxLogin, login, accounts } = useWechat()
const bonuses = () => service.database.query("SELECT 1 FROM points_records WHERE source = 'register'")

describe('a sign-in by WeChat', () => {
  test('a new person is asked for a phone once, and later signs in by the openid alone', async () => {
    const [openid, phone] = [newOpenid(), newPhone()]
    expect(await login(openid)).toMatchObject({ status: 200, code: 1005, data: { bind_required: true } })
    expect(await accounts()).toEqual([])
    const first = await login(openid, phone)
    expect(first.data).toMatchObject({ is_new_user: true, expires_in: 7200, user_info: { total_points: 1000 } })
    const second = await login(openid)
    expect(second.data.is_new_user).toBe(false)
    expect(second.data.user_info.user_id).toBe(first.data.user_info.user_id)
    expect((await service.client.get('/api/user/info', { token: second.data.access_token })).code).toBe(0)
    expect((await service.client.post('/api/auth/refresh', { token: second.data.refresh_token })).code).toBe(0)
    expect(await accounts()).toMatchObject([{ mobile: phone, wx_openid: openid }])
  })

  test('a new openid is bound to the account that the phone already has', async () => {
    const { phone, userId } = await signIn(service)
    const { data } = await login(newOpenid(), phone)
    expect(data).toMatchObject({ is_new_user: false, user_info: { user_id: userId, total_points: 1000 } })
    expect(await bonuses()).toHaveLength(1)
  })

  test('a known openid needs no phone, and a code for another phone changes nothing', async () => {
    const [openid, phone] = [newOpenid(), newPhone()]
    const first = await login(openid, phone)
    const { data } = await login(openid, newPhone())
    expect(data.user_info.user_id).toBe(first.data.user_info.user_id)
    expect(await accounts()).toHaveLength(1)
  })

  test('the holder of the phone takes over its account, and the earlier openid is asked for a phone again', async () => {
    const [old, now, phone] = [newOpenid(), newOpenid(), newPhone()]
    await login(old, phone)
    expect((await login(now, phone)).data.is_new_user).toBe(false)
    expect(await accounts()).toMatchObject([{ mobile: phone, wx_openid: now }])
    expect((await login(old)).code).toBe(1005)
    expect((await login(now)).code).toBe(0)
  })

  test.each(['inactive', 'banned'])(
    'a person whose account is %s is refused with 2004, and nothing is bound',
    async (status) => {
      const [bound, other, phone] = [newOpenid(), newOpenid(), newPhone()]
      await login(bound, phone)
      await service.database.query('UPDATE users SET status = ?', [status])
      expect((await login(bound)).code).toBe(2004)
      expect((await login(other, phone)).code).toBe(2004)
      expect(await accounts()).toMatchObject([{ wx_openid: bound }])
    },
  )

  test('a sign-in may describe its device, and a malformed description is dropped', async () => {
    const device_info = { platform: 'ios', odd: 1 }
    await wxLogin({ js_code: wechat.jsCode(newOpenid()), phone_code: wechat.phoneCode(newPhone()), device_info })
    const [row] = await service.database.query<{ device_info: string | object }>('SELECT device_info FROM users')
    const stored = row?.device_info
    expect(typeof stored === 'string' ? JSON.parse(stored) : stored).toEqual({ platform: 'ios' })
  })

  test.each([null, ''])('a sign-in may send %p as the phone code to mean that there is none', async (phone_code) => {
    expect((await wxLogin({ js_code: wechat.jsCode(newOpenid()), phone_code })).code).toBe(1005)
  })
})

describe('at the same moment', () => {
  test('20 first sign-ins of one person at the same moment create one account with one bonus', async () => {
    const [openid, phone] = [newOpenid(), newPhone()]
    const answers = await Promise.all(Array.from({ length: 20 }, () => login(openid, phone)))
    expect(answers.map(({ code }) => code)).toEqual(Array(20).fill(0))
    expect(answers.filter(({ data }) => data.is_new_user)).toHaveLength(1)
    expect(await accounts()).toMatchObject([{ mobile: phone, wx_openid: openid }])
    expect(await bonuses()).toHaveLength(1)
  })

  test('one person with two phones at the same moment gets one account, and both sign-ins lead to it', async () => {
    const openid = newOpenid()
    const answers = await Promise.all([newPhone(), newPhone(), newPhone()].map((phone) => login(openid, phone)))
    expect(answers.map(({ code }) => code)).toEqual([0, 0, 0])
    expect(new Set(answers.map(({ data }) => data.user_info.user_id)).size).toBe(1)
    expect(await accounts()).toMatchObject([{ wx_openid: openid }])
  })

  test('one person with two phones that have accounts is bound to one of them', async () => {
    const openid = newOpenid()
    const people = [await signIn(service), await signIn(service)]
    const answers = await Promise.all(people.map(({ phone }) => login(openid, phone)))
    expect(new Set(answers.map(({ data }) => data.user_info.user_id)).size).toBe(1)
    expect((await accounts()).filter(({ wx_openid }) => wx_openid === openid)).toHaveLength(1)
  })

  test('many people with one phone share one account with one bonus, bound to one of them', async () => {
    const [phone, openids] = [newPhone(), Array.from({ length: 8 }, newOpenid)]
    const answers = await Promise.all(openids.map((openid) => login(openid, phone)))
    expect(answers.map(({ code }) => code)).toEqual(Array(8).fill(0))
    const [account, ...others] = await accounts()
    expect(others).toEqual([])
    expect(openids).toContain(account?.wx_openid ?? '')
    expect(await bonuses()).toHaveLength(1)
  })

  test('sign-ins of one phone by WeChat and by SMS at the same moment create one account with one bonus', async () => {
    const [openid, phone] = [newOpenid(), newPhone()]
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        i % 2 === 0
          ? login(openid, phone)
          : service.client.post('/api/auth/login', { body: { phone, code: '123456' } }),
      ),
    )
    expect(answers.map(({ code }) => code)).toEqual(Array(16).fill(0))
    expect(await accounts()).toMatchObject([{ mobile: phone, wx_openid: openid }])
    expect(await bonuses()).toHaveLength(1)
  })

  test('an openid that lost its account signs in again only with a proof of the phone', async () => {
    const [old, now, phone] = [newOpenid(), newOpenid(), newPhone()]
    await login(old, phone)
    const [taken, ...logins] = await Promise.all([login(now, phone), ...Array.from({ length: 8 }, () => login(old))])
    expect(taken?.code).toBe(0)
    for (const { code } of logins) expect([0, 1005]).toContain(code)
    expect((await login(old)).code).toBe(1005)
    expect(await accounts()).toMatchObject([{ wx_openid: now }])
  })
})

describe('a phone', () => {
  test.each([
    ['of another country', '2025550123', { countryCode: '1' }],
    ['of another country that looks like ours', '13800138000', { countryCode: '852' }],
    ['that is no mobile', '01012345678', {}],
    ['granted to another app', '13800138000', { appid: 'wxother' }],
  ])('a phone of %s is refused with 1004', async (_, phone, odd) => {
    const phone_code = wechat.phoneCode(phone, odd)
    expect((await wxLogin({ js_code: wechat.jsCode(newOpenid()), phone_code })).code).toBe(1004)
    expect(await accounts()).toEqual([])
  })
})
