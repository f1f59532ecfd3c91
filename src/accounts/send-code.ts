import type { Logger } from 'pino'
import type { Push } from '../contract/messages.ts'
import { Refusal } from '../contract/refusals.ts'
import { type RateLimit, takeAll } from '../http/rate-limits.ts'
import { randomDigits } from '../lib/random.ts'
import type { Till } from '../till/till.ts'
import type { Device } from './device.ts'
import type { KnownDevices } from './known-devices.ts'
import type { SmsSender } from './sms.ts'
import type { SmsBudget } from './sms-budget.ts'
import { hashCode, issueCode, type SendLimits } from './sms-code.ts'

/** @throws {Refusal} 1003 too soon or too many codes; 9006 too many from one address; 1000 when sending failed. */
export type SendCode = (phone: string, device: Device) => Promise<void>

export interface SendCodeParts {
  till: Till<Push>
  sms: SmsSender
  logger: Logger
  /** Keys the digests of codes. */
  secret: string
  sendLimits: SendLimits | null
  limits: {
    /** Limits the codes sent for one network address: each SMS costs the restaurant money. */
    sendCode: RateLimit
    /** The same for the devices there that the phone's account knows. */
    sendCodeKnown: RateLimit
    /** Limits the codes sent for the whole site. */
    smsBudget: SmsBudget
  }
}

export function createSendCode(parts: SendCodeParts, { recognise }: KnownDevices): SendCode {
  const { till, sms, logger, secret, sendLimits, limits } = parts
  return async (phone, device) => {
    const { address, countKey, isKnown } = await recognise(phone, device)
    const ofAddress = isKnown ? limits.sendCodeKnown : limits.sendCode
    // The limits are taken first: once a new code has replaced the old one, it must be sent.
    const use = await takeAll([() => ofAddress.take(address), () => limits.smsBudget.take(isKnown)])
    const code = randomDigits(6)
    const issue = { phone, codeHash: hashCode(secret, phone, code), limits: sendLimits, by: { countKey, isKnown } }
    await till.run(issueCode, issue).catch(async (error: unknown) => {
      await use.giveBack()
      throw error
    })
    try {
      await sms.send(phone, code)
    } catch (error) {
      if (error instanceof Refusal) throw error
      logger.error({ err: error }, 'SMS not handed over')
      throw new Refusal(1000, null, { sentence: '短信发送失败，请稍后再试', cause: error })
    }
  }
}
