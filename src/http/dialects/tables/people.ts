import { wholeDaysBetween } from '../../../lib/calendar.ts'
import type { AnswerAliases, Known } from '../answers.ts'
import { anyCase, type Fields, foreign, isFields, renamed, temporary, valued } from '../requests.ts'
import type { DialectTable } from '../route-dialect.ts'

export const avatarAliases: AnswerAliases = { copies: { avatar_url: 'avatar', avatarUrl: 'avatar' } }

const daysSince = ({ created_at }: Fields, { now }: Known) => wholeDaysBetween(new Date(String(created_at)), now)

const account: AnswerAliases = {
  copies: { is_admin: 'is_merchant', ...avatarAliases.copies },
  made: { registration_days: daysSince },
}
const withAccount: AnswerAliases = { parts: { user_info: account } }
const codeNames = [renamed('verify_code', 'code'), renamed('verification_code', 'code')]

/** Other names of the page's parameters. */
export const pageAliases = [renamed('page_size', 'limit')]

/** True when there are more pages after this one. */
export function hasMore({ pagination }: Fields): boolean {
  return isFields(pagination) && Number(pagination.page) < Number(pagination.total_pages)
}

/** Adds the voucher codes that a draw won to the description of the ledger row that paid for it. */
function withPrizeCodes({ type, related_id, description }: Fields, { figures }: Known): unknown {
  const codes = type === 'spend' ? (figures.codes as PrizeCodes | undefined)?.get(String(related_id)) : undefined
  return codes ? `${description}，${codeText(...codes)}` : description
}

/** The codes of active vouchers, by the draw that won them. */
type PrizeCodes = ReadonlyMap<string, readonly string[]>

/** Voucher codes as they stand in the texts of records. */
export function codeText(...codes: readonly unknown[]): string {
  return `核销码 ${codes.join('、')}`
}

function daysOfAccount({ user_info }: Fields, known: Known): unknown {
  return isFields(user_info) ? daysSince(user_info, known) : undefined
}

/** `/api/auth` and `/api/user`. */
export const people: DialectTable = {
  'POST /api/auth/send-code': { json: [renamed('mobile', 'phone')] },
  'POST /api/auth/login': { json: [renamed('mobile', 'phone'), ...codeNames], answer: withAccount },
  'POST /api/auth/wx-login': { answer: withAccount },
  'POST /api/auth/refresh': { json: [renamed('refreshToken', 'refresh_token')] },
  'GET /api/auth/verify-token': { answer: withAccount },
  'GET /api/user/info': { answer: { ...withAccount, flat: 'user_info' } },
  'PUT /api/user/info': {
    json: [temporary('avatar'), foreign('avatar')],
    answer: { ...withAccount, flat: 'user_info' },
  },
  'POST /api/user/avatar': { answer: avatarAliases },
  'GET /api/merchant/users': { answer: withAccount },
  'GET /api/user/points/records': {
    query: [...pageAliases, ...anyCase('type', 'source'), ...valued('type', { consume: 'spend' })],
    figures: 'prizeCodes',
    answer: {
      copies: { total: 'pagination.total' },
      made: { hasMore, has_more: hasMore },
      lists: { records: { made: { description: withPrizeCodes } } },
    },
  },
  'GET /api/user/points/today-trend': {
    figures: 'today',
    answer: {
      made: {
        today_earned: (_, { figures }) => figures.earned,
        today_consumed: (_, { figures }) => figures.spent,
      },
    },
  },
  'POST /api/user/check-in': {
    answer: { copies: { points_earned: 'points_awarded', consecutive_days: 'streak_days' } },
  },
  'GET /api/user/statistics': {
    figures: 'account',
    answer: {
      ...withAccount,
      copies: {
        total_lottery: 'activity_statistics.total_draws',
        total_exchange: 'activity_statistics.total_exchanges',
        total_upload: 'activity_statistics.total_uploads',
        totalLotteries: 'activity_statistics.total_draws',
        totalExchanges: 'activity_statistics.total_exchanges',
        totalUploads: 'activity_statistics.total_uploads',
      },
      made: {
        this_month_points: (_, { figures }) => figures.earnedThisMonth,
        approved_upload: (_, { figures }) => figures.approvedUploads,
        join_days: daysOfAccount,
        joinDays: daysOfAccount,
      },
    },
  },
}
