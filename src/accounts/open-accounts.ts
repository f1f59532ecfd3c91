import type { Logger } from 'pino'
import type { Config } from '../config/config.ts'
import { type AccountLimits, type Accounts, type AccountsOptions, createAccounts } from './accounts.ts'
import { consoleSms, type SmsSender, webhookSms } from './sms.ts'
import { codeLife_s } from './sms-code.ts'
import { tencentSms } from './tencent-sms.ts'
import { createWechat, noWechat, type Wechat } from './wechat.ts'

type Parts = Pick<AccountsOptions, 'database' | 'till' | 'tokens' | 'access' | 'secret' | 'logger' | 'now'> & {
  limits: AccountLimits
  print: (line: string) => void
  elapsed_ms: () => number
}

/** Creates the accounts service from the configuration: SMS sender, WeChat and limits. */
export function openAccounts(config: Config, parts: Parts): Accounts {
  const isDevelopment = config.SMS_PROVIDER === 'console' && config.NODE_ENV !== 'production'
  const sendLimits = {
    perMinute: config.SEND_CODE_PER_MINUTE,
    perHour: config.SEND_CODE_PER_HOUR,
    perDay: config.SEND_CODE_PER_DAY,
  }
  return createAccounts({
    ...parts,
    previousSecret: config.JWT_SECRET_PREVIOUS,
    sms: smsOf(config, parts.print),
    wechat: wechatOf(config, parts),
    devCode: isDevelopment ? config.SMS_DEV_CODE : undefined,
    sendLimits: config.RATE_LIMIT ? sendLimits : null,
  })
}

function smsOf(config: Config, print: (line: string) => void): SmsSender {
  const expires_in = codeLife_s
  if (config.SMS_PROVIDER === 'console') return consoleSms(print)
  if (config.SMS_PROVIDER === 'webhook') return webhookSms({ url: config.SMS_WEBHOOK_URL ?? '', expires_in })
  return tencentSms({
    secretId: config.SMS_SECRET_ID ?? '',
    secretKey: config.SMS_SECRET_KEY ?? '',
    appId: config.SMS_APP_ID ?? '',
    signName: config.SMS_SIGN_NAME ?? '',
    templateId: config.SMS_TEMPLATE_ID ?? '',
    templateParams: config.SMS_TEMPLATE_PARAMS,
    region: config.SMS_REGION,
    endpoint: config.SMS_ENDPOINT,
    expires_in,
  })
}

function wechatOf(config: Config, { logger, elapsed_ms }: { logger: Logger; elapsed_ms: () => number }): Wechat {
  const { WECHAT_APPID: appid, WECHAT_SECRET: secret, WECHAT_API: api } = config
  return appid && secret ? createWechat({ appid, secret, api, logger, elapsed_ms }) : noWechat
}
