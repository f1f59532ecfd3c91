import type { AnswerAliases } from '../answers.ts'
import { anyCase, type Fields, isFields, renamed, valued } from '../requests.ts'
import type { DialectTable } from '../route-dialect.ts'

export const avatarAliases: AnswerAliases = { copies: { avatar_url: 'avatar', avatarUrl: 'avatar' } }

const account: AnswerAliases = { copies: { is_admin: 'is_merchant', ...avatarAliases.copies } }
const withAccount: AnswerAliases = { parts: { user_info: account } }
const codeNames = [renamed('verify_code', 'code'), renamed('verification_code', 'code')]

/** Where a page stands in its list. */
export const pageAliases = [renamed('page_size', 'limit')]

/** Tells whether a list goes on beyond this page. */
export function hasMore({ pagination }: Fields): boolean {
  return isFields(pagination) && Number(pagination.page) < Number(pagination.total_pages)
}

/** `/api/auth` and `/api/user`. */
export const people: DialectTable = {
  'POST /api/auth/send-code': { json: [renamed('mobile', 'phone')] },
  'POST /api/auth/login': { json: [renamed('mobile', 'phone'), ...codeNames], answer: withAccount },
  'POST /api/auth/wx-login': { answer: withAccount },
  'POST /api/auth/refresh': { json: [renamed('refreshToken', 'refresh_token')] },
  'GET /api/auth/verify-token': { answer: withAccount },
  'GET /api/user/info': { answer: { ...withAccount, flat: 'user_info' } },
  'PUT /api/user/info': { answer: { ...withAccount, flat: 'user_info' } },
  'POST /api/user/avatar': { answer: avatarAliases },
  'GET /api/merchant/users': { answer: withAccount },
  'GET /api/user/points/records': {
    query: [...pageAliases, ...anyCase('type', 'source'), ...valued('type', { consume: 'spend' })],
    answer: { copies: { total: 'pagination.total' }, made: { hasMore, has_more: hasMore } },
  },
  'GET /api/user/statistics': {
    figures: 'account',
    answer: {
      ...withAccount,
      copies: {
        total_lottery: 'activity_statistics.total_draws',
        total_exchange: 'activity_statistics.total_exchanges',
        total_upload: 'activity_statistics.total_uploads',
      },
      made: {
        this_month_points: (_, figures) => figures.earnedThisMonth,
        approved_upload: (_, figures) => figures.approvedUploads,
        join_days: (_, figures) => figures.daysSinceRegistration,
      },
    },
  },
}
