import { afterAll, beforeEach } from 'bun:test'
import { randomCode } from '../../src/lib/random.ts'
import { useService } from './service.ts'
import { startWechat } from './wechat.ts'

interface Account {
  user_id: number
  mobile: string
  wx_openid: string | null
}

/** A service with a WeChat of its own, and people who sign in by it. */
export function useWechat() {
  const wechat = startWechat()
  afterAll(() => wechat.stop())
  beforeEach(() => wechat.reset())
  const service = useService({
    WECHAT_APPID: wechat.appid,
    WECHAT_SECRET: wechat.secret,
    WECHAT_API: `${wechat.url}/`,
  })
  const wxLogin = (body: object) => service.client.post('/api/auth/wx-login', { body })
  const login = (openid: string, phone?: string) =>
    wxLogin({ js_code: wechat.jsCode(openid), ...(phone ? { phone_code: wechat.phoneCode(phone) } : {}) })
  const accounts = () =>
    service.database.query<Account>('SELECT user_id, mobile, wx_openid FROM users ORDER BY user_id')
  return { wechat, service, wxLogin, login, accounts }
}

export const newOpenid = () => `o${randomCode(27)}`
