import { describe, expect, test } from 'bun:test'
import { keepAccessToken } from '../../src/accounts/wechat-token.ts'
import { createClient } from '../support/client.ts'
import { newPhone } from '../support/people.ts'
import { type Settings, startProgram } from '../support/process.ts'
import type { Mood } from '../support/wechat.ts'
import { newOpenid, useWechat } from '../support/wechat-sign-ins.ts'

const { wechat, service, wxLogin, login, accounts } = useWechat()
const bonuses = () => service.database.query("SELECT 1 FROM points_records WHERE source = 'register'")

describe('a code', () => {
  test('a code of wx.login works once', async () => {
    const js_code = wechat.jsCode(newOpenid())
    const phone_code = wechat.phoneCode(newPhone())
    expect((await wxLogin({ js_code, phone_code })).code).toBe(0)
    expect(await wxLogin({ js_code, phone_code })).toMatchObject({ status: 200, code: 1004, data: null })
    expect(await bonuses()).toHaveLength(1)
  })

  test('a code of getPhoneNumber works once', async () => {
    const phone_code = wechat.phoneCode(newPhone())
    expect((await wxLogin({ js_code: wechat.jsCode(newOpenid()), phone_code })).code).toBe(0)
    expect((await wxLogin({ js_code: wechat.jsCode(newOpenid()), phone_code })).code).toBe(1004)
    expect(await accounts()).toHaveLength(1)
  })

  const bad: unknown[] = [undefined, null, '', 7, [['x']], { a: 1 }, 'a b', 'é', 'x'.repeat(513), '\u0000']
  test.each(bad)('a code of %p never reaches WeChat', async (js_code) => {
    expect((await wxLogin({ js_code })).code).toBe(1004)
    expect(wechat.asked('session')).toBe(0)
  })

  test('a code can’t add parameters to the request to WeChat', async () => {
    expect((await wxLogin({ js_code: 'x&appid=other&secret=none#' })).code).toBe(1004)
    expect(wechat.asked('session')).toBe(1)
  })
})

describe('the access token', () => {
  const warm = async () => {
    expect((await login(newOpenid(), newPhone())).code).toBe(0)
    wechat.reset()
  }

  test('all sign-ins share one access token', async () => {
    await warm()
    await Promise.all(Array.from({ length: 10 }, () => login(newOpenid(), newPhone())))
    expect(wechat.asked('token')).toBe(0)
  })

  test('an access token that expired is fetched again, once for all who need it at the same moment', async () => {
    await warm()
    wechat.endToken()
    const answers = await Promise.all(Array.from({ length: 10 }, () => login(newOpenid(), newPhone())))
    expect(answers.map(({ code }) => code)).toEqual(Array(10).fill(0))
    expect(wechat.asked('token')).toBe(1)
  })

  test.each([40001, 40014, 42001])('an access token that WeChat refuses with %p is fetched again', async (errcode) => {
    await warm()
    wechat.next('phone', errcode)
    expect((await login(newOpenid(), newPhone())).code).toBe(0)
    expect(wechat.asked('token')).toBe(1)
  })

  test('an access token that is refused again is answered with 1004', async () => {
    await warm()
    wechat.next('phone', 40001, 40001)
    expect((await login(newOpenid(), newPhone())).code).toBe(1004)
    expect(wechat.asked('phone')).toBe(2)
  })

  test('an access token is replaced before it expires, by one fetch at a time, and a failed fetch is repeated', async () => {
    let [fetched, at] = [0, 1_000]
    const token = keepAccessToken(
      async () => {
        fetched += 1
        await Bun.sleep(5)
        if (fetched === 3) throw new Error('away')
        return { access_token: `t${fetched}`, expires_in: 7_200 }
      },
      () => at,
    )
    expect(await Promise.all([token.get(), token.get()])).toEqual(['t1', 't1'])
    at += 6_899_000
    expect(await token.get()).toBe('t1')
    at += 1_000
    expect(await token.get()).toBe('t2')
    token.drop('t1')
    expect(await token.get()).toBe('t2')
    token.drop('t2')
    await expect(token.get()).rejects.toThrow('away')
    await Bun.sleep(10)
    expect(await token.get()).toBe('t4')
  })
})

describe('trouble with WeChat', () => {
  test.each(['session', 'token', 'phone'] as const)(
    'WeChat is asked again when it is busy or broken: %s',
    async (what) => {
      wechat.endToken()
      wechat.next('phone', ...(what === 'token' ? [40001] : []))
      wechat.next(what, -1, 'broken')
      expect((await login(newOpenid(), newPhone())).code).toBe(0)
      expect(wechat.asked(what)).toBeGreaterThanOrEqual(3)
    },
  )

  const troubles: Mood[] = [-1, 'broken', 'garbage', 'odd']
  test.each(troubles)(
    'a lasting failure of kind %p is answered with 1004 after three tries, and changes nothing',
    async (mood) => {
      wechat.next('session', mood, mood, mood)
      expect(await login(newOpenid(), newPhone())).toMatchObject({ status: 200, code: 1004, data: null })
      expect(wechat.asked('session')).toBe(3)
      expect(await accounts()).toEqual([])
    },
  )

  test('a slow call to WeChat is given up and repeated', async () => {
    wechat.next('session', 'slow')
    expect((await login(newOpenid(), newPhone())).code).toBe(0)
    expect(wechat.asked('session')).toBe(2)
  })

  test('slow calls to WeChat are given up before the mini-program gives up', async () => {
    wechat.endToken()
    wechat.next('token', 'slow', 'slow', 'slow')
    const asked = performance.now()
    expect((await login(newOpenid(), newPhone())).code).toBe(1004)
    const took_ms = performance.now() - asked
    expect(took_ms).toBeGreaterThan(7_900)
    expect(took_ms).toBeLessThan(10_000)
  })

  test.each([40029, 40163, 45011, 40226, 40013, 40125, 40164, 45009])(
    'WeChat’s errcode %p is answered with 1004, without a second try and without details',
    async (errcode) => {
      wechat.next('session', errcode)
      const answer = await login(newOpenid(), newPhone())
      expect(answer).toMatchObject({ status: 200, code: 1004, data: null })
      expect(answer.msg).not.toMatch(/\d|as told|http/)
      expect(wechat.asked('session')).toBe(1)
    },
  )
})

describe('the program', () => {
  const start = (settings: Settings) =>
    startProgram({ DATABASE_URL: service.databaseUrl, JOBS: 'off', DIALECTS: 'off', ...settings })
  const ours = { WECHAT_APPID: wechat.appid, WECHAT_SECRET: wechat.secret }

  test('the log says who signed in and what failed, and contains no secret, code, phone or openid', async () => {
    const program = await start({ ...ours, WECHAT_API: wechat.url })
    const { post } = await createClient(program.url)
    const [openid, phone] = [newOpenid(), newPhone()]
    const codes = { js_code: wechat.jsCode(openid), phone_code: wechat.phoneCode(phone) }
    expect((await post('/api/auth/wx-login', { body: codes })).code).toBe(0)
    for (const mood of [40125, 'garbage', 'broken'] as const) {
      wechat.next('session', mood, mood, mood)
      expect((await post('/api/auth/wx-login', { body: codes })).code).toBe(1004)
    }
    await program.kill()
    const log = program.output()
    expect(log).toMatch(/"user_id":\d+,"by":"wechat_phone","is_new":true,"is_bound":true,"msg":"signed in"/)
    expect(log.match(/WeChat login does not work/g)).toHaveLength(3)
    for (const hidden of [wechat.secret, openid, phone, ...Object.values(codes), 'token-', 'c2Vzc2lvbg']) {
      expect(log).not.toContain(hidden)
    }
  })

  test('when WeChat cannot be reached, the log says so without the URL', async () => {
    const program = await start({ ...ours, WECHAT_API: 'http://127.0.0.1:9' })
    const { post } = await createClient(program.url)
    const js_code = wechat.jsCode(newOpenid())
    expect((await post('/api/auth/wx-login', { body: { js_code } })).code).toBe(1004)
    await program.kill()
    expect(program.output()).toContain('could not be reached')
    for (const hidden of [wechat.secret, js_code, 'appid=']) expect(program.output()).not.toContain(hidden)
  })

  test('without a configured WeChat app, a sign-in by WeChat is refused with a friendly sentence', async () => {
    const program = await start({})
    const { post } = await createClient(program.url)
    const answer = await post('/api/auth/wx-login', { body: { js_code: 'x' } })
    expect(answer).toMatchObject({ status: 200, code: 1004, data: null })
    expect(answer.msg).toContain('手机验证码')
    await program.kill()
  })
})
