import { createSmsBudget } from '../accounts/sms-budget.ts'
import type { Alerts } from '../alerts/alerts.ts'
import type { Config } from '../config/config.ts'
import { allOf, createRateLimit, type SharedCounts, withSite } from '../http/rate-limits.ts'

const [minute_s, hour_s, day_s] = [60, 3_600, 86_400]
/** A site of IPv6 has 65,536 networks. Together they may have as many codes as this many addresses. */
const addressesOfASite = 4
/** Devices that signed in before have this fraction of the budget besides, which strangers can't use up. */
const reservedPart = 5

/** Every limit on how often something may be done. Replicas that share a Redis count together. */
export function createLimits(config: Config, alerts: Pick<Alerts, 'raise'>, shared: SharedCounts | undefined) {
  const limit = (name: string, uses: number, window_s = minute_s) =>
    createRateLimit(name, uses, window_s, config.RATE_LIMIT, shared)
  const perAddress = (name: string, uses: number, window_s: number) =>
    withSite(limit(name, uses, window_s), limit(`${name}-site`, addressesOfASite * uses, window_s))
  const codesPerAddress = (name: string) =>
    allOf(
      perAddress(name, config.SEND_CODE_PER_ADDRESS, minute_s),
      perAddress(`${name}-hour`, config.SEND_CODE_PER_ADDRESS_HOUR, hour_s),
      perAddress(`${name}-day`, config.SEND_CODE_PER_ADDRESS_DAY, day_s),
    )
  const budgetWindow = (period: 'hour' | 'day', most: number, window_s: number) => ({
    period,
    most,
    common: limit(`sms-${period}`, most, window_s),
    reserve: limit(`sms-${period}-known`, Math.ceil(most / reservedPart), window_s),
  })
  return {
    address: limit('address', config.RATE_LIMIT_ADDRESS),
    image: limit('image', config.RATE_LIMIT_ADDRESS),
    login: limit('login', config.RATE_LIMIT_LOGIN),
    wrongCode: perAddress('wrong-code', config.WRONG_CODES_PER_ADDRESS, hour_s),
    sendCode: codesPerAddress('send-code'),
    sendCodeKnown: codesPerAddress('send-code-known'),
    smsBudget: createSmsBudget(
      [budgetWindow('hour', config.SMS_PER_HOUR, hour_s), budgetWindow('day', config.SMS_PER_DAY, day_s)],
      (use) => alerts.raise({ event: 'sms_budget', ...use }),
    ),
    wechatMiss: limit('wechat-miss', config.RATE_LIMIT_WECHAT_MISS),
    write: limit('write', config.RATE_LIMIT_WRITE),
    draw: limit('draw', config.RATE_LIMIT_DRAW),
    upload: limit('upload', config.RATE_LIMIT_UPLOAD),
    avatar: limit('avatar', config.RATE_LIMIT_UPLOAD),
    productImage: limit('product-image', config.RATE_LIMIT_UPLOAD),
    voucherMiss: limit('voucher-miss', config.RATE_LIMIT_VOUCHER_MISS),
  }
}
