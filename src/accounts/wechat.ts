import type { Logger } from 'pino'
import { z } from 'zod'
import { Refusal } from '../contract/refusals.ts'
import { phone } from '../contract/wire.ts'
import { createWechatApi, WechatAway, WechatRefused } from './wechat-api.ts'
import { keepAccessToken } from './wechat-token.ts'

/** Asks WeChat who someone is, and which phone is theirs. */
export interface Wechat {
  /**
   * Gets a person's openid for a code of `wx.login`, which works once. The session key in WeChat's answer is not kept.
   * @throws {Refusal} 1004, by `signal` at the latest.
   */
  openidOf(jsCode: string, signal: AbortSignal): Promise<string>
  /**
   * Gets a person's phone in mainland China for a code of `getPhoneNumber`, which works once.
   * @throws {Refusal} 1004, by `signal` at the latest.
   */
  phoneOf(phoneCode: string, signal: AbortSignal): Promise<string>
}

export interface WechatOptions {
  appid: string
  secret: string
  /** The base address of WeChat's API. */
  api: string
  logger: Logger
  elapsed_ms: () => number
}

const sessionAnswer = z.object({ openid: z.string().regex(/^[\w-]{1,64}$/) })
const tokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.int().positive() })
const phoneAnswer = z.object({
  phone_info: z.object({
    purePhoneNumber: z.string(),
    countryCode: z.coerce.string(),
    watermark: z.object({ appid: z.string() }),
  }),
})

const deadTokens = new Set([40001, 40014, 42001])
/** Errors that the person caused: a bad code, a used code, or too many codes. */
const badCodes = new Set([40029, 40163, 45011])
const riskyPerson = 40226

export function createWechat({ appid, secret, api, logger, elapsed_ms }: WechatOptions): Wechat {
  const { ask } = createWechatApi({ api })
  const accessToken = keepAccessToken(
    () =>
      ask({
        path: '/cgi-bin/stable_token',
        body: { grant_type: 'client_credential', appid, secret, force_refresh: false },
        answer: tokenAnswer,
      }),
    elapsed_ms,
  )
  const withToken = async <Answer>(use: (token: string) => Promise<Answer>, signal: AbortSignal): Promise<Answer> => {
    // The fetch goes on for other callers. This one stops waiting at its signal.
    const current = () => Promise.race([accessToken.get(), ended(signal)])
    const token = await current()
    try {
      return await use(token)
    } catch (error) {
      if (!(error instanceof WechatRefused) || !deadTokens.has(error.errcode)) throw error
      accessToken.drop(token)
      return use(await current())
    }
  }
  const refusedAs1004 = async <Answer>(asking: Promise<Answer>): Promise<Answer> => {
    try {
      return await asking
    } catch (error) {
      throw refusalOf(error, logger)
    }
  }

  return {
    async openidOf(jsCode, signal) {
      const query = { appid, secret, js_code: jsCode, grant_type: 'authorization_code' }
      const asking = ask({ path: '/sns/jscode2session', query, answer: sessionAnswer }, signal)
      return (await refusedAs1004(asking)).openid
    },
    async phoneOf(phoneCode, signal) {
      const call = { path: '/wxa/business/getuserphonenumber', body: { code: phoneCode }, answer: phoneAnswer }
      const asking = withToken((access_token) => ask({ ...call, query: { access_token } }, signal), signal)
      const { purePhoneNumber, countryCode, watermark } = (await refusedAs1004(asking)).phone_info
      if (watermark.appid !== appid) throw refusalOf(new WechatAway('a phone for another app'), logger)
      if (countryCode !== '86' || !phone.safeParse(purePhoneNumber).success) {
        throw new Refusal(1004, null, { sentence: '仅支持中国大陆手机号' })
      }
      return purePhoneNumber
    },
  }
}

function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(new WechatAway('the access token came too late'))
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}

/** Stands for WeChat when no app is configured. */
export const noWechat: Wechat = {
  openidOf: () => Promise.reject(new Refusal(1004, null, { sentence: '暂未开通微信登录，请使用手机验证码登录' })),
  phoneOf: () => Promise.reject(new Refusal(1004)),
}

/** Turns a failed call into a refusal. A failure that the person can't fix is logged. */
function refusalOf(error: unknown, logger: Logger): unknown {
  if (error instanceof WechatRefused && badCodes.has(error.errcode)) return new Refusal(1004, null, { cause: error })
  if (error instanceof WechatRefused && error.errcode === riskyPerson) {
    return new Refusal(1004, null, { sentence: '微信提示该账号存在风险，请使用手机验证码登录', cause: error })
  }
  if (!(error instanceof WechatRefused) && !(error instanceof WechatAway)) return error
  logger.error({ err: error }, 'WeChat login does not work')
  return new Refusal(1004, null, { sentence: '微信暂时无法访问，请稍后再试或使用手机验证码登录' })
}
