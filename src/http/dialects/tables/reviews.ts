import type { AnswerAliases } from '../answers.ts'
import { absent, anyCase, each, type Fields, isFields, renamed, rule, valued } from '../requests.ts'
import type { DialectTable } from '../route-dialect.ts'
import { v220 } from '../versions.ts'
import { avatarAliases, hasMore, pageAliases } from './people.ts'

/** Older clients get this amount when there is none. */
const noAmount = '0.00'
const amountOf = ({ input_amount, recognized_amount }: Fields) => input_amount ?? recognized_amount ?? noAmount

const times = { uploaded_at: 'created_at', upload_time: 'created_at' }
const upload: AnswerAliases = {
  copies: { id: 'upload_id', status: 'review_status', points_earned: 'points_awarded', ...times },
  made: { amount: amountOf },
}

const review: AnswerAliases = {
  parts: { user: avatarAliases },
  copies: {
    id: 'upload_id',
    status: 'review_status',
    expected_points: 'estimated_points',
    suggested_points: 'estimated_points',
    user_info: 'user',
    user_phone: 'user.mobile',
    user_name: 'user.nickname',
    ...times,
  },
  made: { amount: amountOf },
}
const reviewPage: AnswerAliases = {
  lists: { reviews: review },
  copies: { list: 'reviews', pending_reviews: 'reviews', total: 'pagination.total' },
  made: { has_more: hasMore },
}

const isZero = (value: unknown) =>
  (typeof value === 'number' || typeof value === 'string') && /^0+(\.0*)?$/.test(`${value}`)

/** Older clients send 0 for a field that was not filled in: it is dropped. */
const zero = (action: string, field: string) =>
  rule(`${action} with ${field}=0`, (fields) => {
    if (fields.action !== action || !isZero(fields[field])) return false
    delete fields[field]
    return true
  })

const decision = [
  renamed('review_id', 'upload_id'),
  renamed('id', 'upload_id'),
  ...anyCase('action'),
  ...valued('action', { approved: 'approve', rejected: 'reject' }),
  renamed('review_reason', 'reason'),
  zero('reject', 'points'),
  zero('reject', 'amount'),
  zero('approve', 'amount'),
]

const mostReviews = 100
const shared = ['action', 'points', 'amount', 'reason', 'review_reason']

/** One decision for a list of uploads. The schema refuses a list that is malformed or too long. */
const idsWithOneDecision = (list: string) =>
  rule(list, (fields) => {
    if (!Object.hasOwn(fields, list) || Object.hasOwn(fields, 'reviews')) return false
    const { [list]: ids } = fields
    const decision = Object.fromEntries(Object.entries(fields).filter(([field]) => shared.includes(field)))
    const isExpanded = Array.isArray(ids) && ids.length <= mostReviews
    fields.reviews = isExpanded ? ids.map((upload_id: unknown) => ({ ...decision, upload_id })) : ids
    return true
  })

const uploadStatuses = [...pageAliases, ...anyCase('status'), ...absent('status', 'all')]

const countOf = (isOk: boolean) => {
  return ({ results }: Fields) =>
    Array.isArray(results) ? results.filter((one) => isFields(one) && one.ok === isOk).length : 0
}
const all = ({ results }: Fields) => (Array.isArray(results) ? results.length : 0)

const reviewedToday = (status: string) => {
  return ({ series }: Fields) => (Array.isArray(series) ? (series.at(-1)?.[status] ?? 0) : 0)
}

/** `/api/photo`, and the merchants' reviews. */
export const reviews: DialectTable = {
  'POST /api/photo/upload': {
    form: {
      files: ['photo', 'file'],
      fields: { user_amount: 'amount' },
      token: 'access_token',
      omits: { amount: { version: v220, file: 'photo' } },
    },
    answer: upload,
  },
  'GET /api/photo/history': {
    query: uploadStatuses,
    answer: {
      lists: { records: upload },
      copies: { list: 'records', history: 'records', total: 'pagination.total' },
      made: { has_more: hasMore },
    },
  },
  'GET /api/photo/review/:upload_id': { answer: upload },
  'GET /api/photo/statistics': {
    answer: {
      copies: {
        total_count: 'total',
        total_uploads: 'total',
        total_points: 'total_points_awarded',
        pending_count: 'pending',
        approved_count: 'approved',
        approved_uploads: 'approved',
        rejected_count: 'rejected',
      },
    },
  },
  'GET /api/merchant/pending-reviews': { query: uploadStatuses, answer: reviewPage },
  'GET /api/merchant/reviews/history': { query: uploadStatuses, answer: reviewPage },
  'POST /api/merchant/review': { json: decision },
  'POST /api/merchant/batch-review': {
    json: [idsWithOneDecision('upload_ids'), idsWithOneDecision('review_ids'), ...each('reviews', decision)],
    answer: {
      made: {
        success_count: countOf(true),
        failed_count: countOf(false),
        processed: all,
        successful: countOf(true),
        failed: countOf(false),
      },
    },
  },
  'GET /api/merchant/statistics': {
    query: [...anyCase('period'), ...absent('period', 'all')],
    answer: {
      copies: {
        pending_count: 'pending',
        total_processed: 'reviewed.total',
        approved: 'reviewed.approved',
        rejected: 'reviewed.rejected',
        total: 'reviewed.total',
      },
      made: {
        today_approved: reviewedToday('approved'),
        today_rejected: reviewedToday('rejected'),
        review_stats: ({ pending, reviewed }) => ({ ...(isFields(reviewed) ? reviewed : {}), pending }),
      },
    },
  },
  'POST /api/merchant/apply': { sentences: { 2005: '商家权限由门店开通，请联系店长办理' } },
  'POST /api/merchant/auth': { sentences: { 2005: '商家权限由门店开通，请联系店长办理' } },
}
