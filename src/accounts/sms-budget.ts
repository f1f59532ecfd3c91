import { Refusal } from '../contract/refusals.ts'
import { type RateLimit, takeAll, type Use } from '../http/rate-limits.ts'

/** How many of a period's messages are used. */
export interface BudgetUse {
  period: 'hour' | 'day'
  used: number
  most: number
}

export interface BudgetPeriod {
  period: BudgetUse['period']
  most: number
  common: RateLimit
  /** What devices that signed in before have beyond it. */
  reserve: RateLimit
}

/** Limits the messages of the whole site, from however many addresses they are asked for. */
export interface SmsBudget {
  /** @throws {Refusal} 1003 with `retry_after` when the budget is used up. */
  take(isKnown: boolean): Promise<Use>
}

/** Operators are told when this part is used, and when all is. */
const alertedPart = 0.8
const wholeSite = 'site'
const sentence = '短信发送繁忙，请稍后再试或使用微信登录'

export function createSmsBudget(periods: readonly BudgetPeriod[], tell: (use: BudgetUse) => void): SmsBudget {
  const takeCommon = async ({ period, most, common }: BudgetPeriod) => {
    const use = await common.take(wholeSite)
    const used = most - use.left
    if (used === most || used === Math.ceil(most * alertedPart)) tell({ period, used, most })
    return use
  }
  const takeFor = (isKnown: boolean, period: BudgetPeriod) =>
    takeCommon(period).catch((error: unknown) => {
      if (!isKnown) throw error
      return period.reserve.take(wholeSite)
    })
  return {
    async take(isKnown) {
      try {
        return await takeAll(periods.map((period) => () => takeFor(isKnown, period)))
      } catch (error) {
        if (!(error instanceof Refusal) || error.code !== 9006) throw error
        throw new Refusal(1003, error.data as { retry_after: number }, { sentence })
      }
    },
  }
}
