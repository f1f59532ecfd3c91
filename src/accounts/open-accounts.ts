import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { RateLimit } from '../http/rate-limits.ts'
import { type Accounts, type AccountsOptions, createAccounts } from './accounts.ts'
import { consoleSms, type SmsSender, webhookSms } from './sms.ts'
import { codeLife_s } from './sms-code.ts'
import { createWechat, noWechat, type Wechat } from './wechat.ts'

type Parts = Pick<AccountsOptions, 'database' | 'till' | 'tokens' | 'access' | 'secret' | 'logger'> & {
  limits: { login: RateLimit; wechatMiss: RateLimit }
  print: (line: string) => void
  now: () => Date
}

/** Signing in as it is configured: who sends codes, whether WeChat vouches, and how often one may try. */
export function openAccounts(config: Config, parts: Parts): Accounts {
  const { limits } = parts
  const isDevelopment = config.SMS_PROVIDER === 'console' && config.NODE_ENV !== 'production'
  const sendLimits = {
    perMinute: config.SEND_CODE_PER_MINUTE,
    perHour: config.SEND_CODE_PER_HOUR,
    perDay: config.SEND_CODE_PER_DAY,
  }
  return createAccounts({
    ...parts,
    sms: smsOf(config, parts),
    wechat: wechatOf(config, parts),
    devCode: isDevelopment ? config.SMS_DEV_CODE : undefined,
    sendLimits: config.RATE_LIMIT ? sendLimits : null,
    loginLimit: limits.login,
    wechatMissLimit: limits.wechatMiss,
  })
}

function smsOf(config: Config, { print, logger }: { print: (line: string) => void; logger: Logger }): SmsSender {
  if (config.SMS_PROVIDER === 'console') return consoleSms(print)
  return webhookSms({ url: config.SMS_WEBHOOK_URL ?? '', expires_in: codeLife_s, logger })
}

function wechatOf(config: Config, { logger, now }: { logger: Logger; now: () => Date }): Wechat {
  const { WECHAT_APPID: appid, WECHAT_SECRET: secret, WECHAT_API: api } = config
  return appid && secret ? createWechat({ appid, secret, api, logger, now }) : noWechat
}
