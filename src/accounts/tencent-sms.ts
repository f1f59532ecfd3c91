import { z } from 'zod'
import { Refusal } from '../contract/refusals.ts'
import { retry } from '../lib/retry.ts'
import type { SmsSender } from './sms.ts'

export interface TencentSmsSettings {
  secretId: string
  secretKey: string
  /** The application's id; Tencent's console calls it SDK AppID. */
  appId: string
  /** The approved signature, without brackets. */
  signName: string
  templateId: string
  /** The values of the template's `{1}`, `{2}` …, in order. */
  templateParams: readonly ('code' | 'minutes')[]
  region: string
  /** Base address of the API. */
  endpoint: string
}

export interface TencentSmsOptions extends TencentSmsSettings {
  /** How long a code is valid, in seconds. */
  expires_in: number
  /** How long one try may take. */
  timeout_ms?: number
  /** Pauses before the tries after the first. */
  pauses_ms?: readonly number[]
}

/** The vendor refused the message or could not be reached: it was certainly not sent. */
class NotSent extends Error {
  override name = 'NotSent'
  /** Tencent's error code, such as `LimitExceeded.PhoneNumberDailyLimit`. */
  readonly code: string
  constructor(code: string) {
    super(`the SMS was not sent (${code})`)
    this.code = code
  }
}

/** Sends codes by Tencent Cloud SMS (API 3.0, `SendSms` of 2021-01-11), with Tencent's client library. */
export function tencentSms(options: TencentSmsOptions): SmsSender {
  const { timeout_ms = 3_000, pauses_ms = [200, 1_000] } = options
  let client: ReturnType<typeof connect> | undefined

  const attempt = async (phone: string, code: string) => {
    client ??= connect(options)
    const { request } = await client
    try {
      requireSent(await request(messageOf(options, phone, code), AbortSignal.timeout(timeout_ms)))
    } catch (error) {
      throw notSent(error) ?? error
    }
  }
  return {
    async send(phone, code) {
      try {
        await retry(() => attempt(phone, code), pauses_ms, isPassing)
      } catch (error) {
        throw limitOf(error) ?? error
      }
    },
  }
}

/** Loads the library when the first code is sent: loading takes longer than the rest of the start. */
async function connect({ secretId, secretKey, region, endpoint }: TencentSmsSettings) {
  const { sms } = await import('tencentcloud-sdk-nodejs-sms')
  const { protocol, host } = new URL(endpoint)
  const client = new sms.v20210111.Client({
    credential: { secretId, secretKey },
    region,
    profile: { httpProfile: { protocol: `${protocol}//`, endpoint: host } },
  })
  return {
    // The library's own timeout does nothing under Bun, and its method `SendSms` takes no signal.
    request: (message: object, signal: AbortSignal): Promise<unknown> => client.request('SendSms', message, { signal }),
  }
}

function messageOf(options: TencentSmsOptions, phone: string, code: string): object {
  const values = { code, minutes: String(Math.floor(options.expires_in / 60)) }
  return {
    PhoneNumberSet: [`+86${phone}`],
    SmsSdkAppId: options.appId,
    SignName: options.signName,
    TemplateId: options.templateId,
    TemplateParamSet: options.templateParams.map((name) => values[name]),
  }
}

const answer = z.object({ SendStatusSet: z.array(z.object({ Code: z.string() })).length(1) })

/** A call for one phone has one status. Its error comes in addition to errors of the whole call. */
function requireSent(response: unknown): void {
  const code = answer.parse(response).SendStatusSet[0]?.Code ?? ''
  if (code !== 'Ok') throw new NotSent(code)
}

/** The error as `NotSent`, if it means that nothing was sent. After a lost answer the message may have been sent. */
function notSent(error: unknown): NotSent | undefined {
  const { code, message } = error as { code?: unknown; message?: string }
  if (error instanceof NotSent) return error
  if (typeof code === 'string') return new NotSent(code)
  return /ECONNREFUSED|ENOTFOUND/.test(message ?? '') ? new NotSent('unreachable') : undefined
}

/**
 * True when a retry is safe: the vendor was unreachable, or too busy. After a timeout a retry might send a second
 * message.
 */
function isPassing(error: unknown): boolean {
  return error instanceof NotSent && (error.code === 'unreachable' || error.code.startsWith('RequestLimitExceeded'))
}

const waits_s: Record<string, number> = {
  'LimitExceeded.PhoneNumberThirtySecondLimit': 30,
  'LimitExceeded.PhoneNumberOneHourLimit': 3_600,
  'LimitExceeded.PhoneNumberDailyLimit': 86_400,
  'LimitExceeded.PhoneNumberSameContentDailyLimit': 86_400,
  'LimitExceeded.DeliveryFrequencyLimit': 60,
}

/** The vendor's limits for one phone, as the refusal of our own limits. */
function limitOf(error: unknown): Refusal | undefined {
  const wait_s = error instanceof NotSent ? waits_s[error.code] : undefined
  return wait_s === undefined ? undefined : new Refusal(1003, { retry_after: wait_s }, { cause: error })
}
