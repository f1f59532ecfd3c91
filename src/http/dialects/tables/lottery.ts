import type { AnswerAliases } from '../answers.ts'
import { percentOf } from '../percent.ts'
import { absent, anyCase, type Fields, isFields, renamed, valued } from '../requests.ts'
import type { DialectTable, RouteDialect } from '../route-dialect.ts'
import { v220 } from '../versions.ts'
import { codeText, pageAliases } from './people.ts'

/** The labels of the draw buttons. */
const drawLabels = { 单抽: 'single', 三连抽: 'triple', 五连抽: 'quintuple', 十连抽: 'decade' }

const drawTypes = [renamed('type', 'draw_type'), ...anyCase('draw_type'), ...valued('draw_type', drawLabels)]

/** Older clients get this number when there is no limit: they take 0 for a broken answer. */
const noLimit = 9_999

const shownLimit = ({ daily_limit }: Fields) => daily_limit || noLimit

const isShown = () => true

const prize: AnswerAliases = {
  copies: { id: 'prize_id', name: 'prize_name', type: 'prize_type', value: 'prize_value', isActivity: 'is_activity' },
  made: { is_active: isShown, isActive: isShown },
}

const percentPrize: AnswerAliases = {
  ...prize,
  made: {
    ...prize.made,
    // The editor of v220 computes percent itself.
    probability: ({ probability }, { version }) => (v220.test(version) ? probability : percentOf(Number(probability))),
  },
}

const isWholeWheel = ({ prizes }: Fields) =>
  Array.isArray(prizes) && prizes.reduce((sum, { probability }) => sum + Math.round(probability * 10_000), 0) === 10_000

/** Consoles save the wheel and read it again at once: they see what they set, though it is for tomorrow. */
const editor: AnswerAliases = {
  instead: 'next',
  lists: { prizes: percentPrize },
  made: { is_active: isWholeWheel, isActive: isWholeWheel },
}
const saysWhen = ({ next }: Fields) => (isFields(next) ? '这是下一个营业日起生效的转盘，今天的转盘保持不变' : undefined)

const percentEditor: RouteDialect = { wheel: 'percent', answer: editor, says: saysWhen }

const voucherText = ({ voucher }: Fields) => (isFields(voucher) ? codeText(voucher.code) : undefined)

const record: AnswerAliases = {
  copies: { cost_points: 'points_cost' },
  made: { status: () => 'completed', description: voucherText, remark: voucherText },
}

/** `/api/lottery`, and the wheel's editors. */
export const lottery: DialectTable = {
  'GET /api/lottery/config': {
    answer: {
      lists: { prizes: prize },
      copies: { today_draw_count: 'draws_today' },
      made: {
        daily_limit: shownLimit,
        lottery_rules: (config) => ({
          daily_limit: shownLimit(config),
          pity_limit: isFields(config.user_pity) ? config.user_pity.pity_limit : undefined,
          cost_points: config.cost_points,
        }),
      },
    },
  },
  'POST /api/lottery/draw': {
    json: drawTypes,
    answer: {
      copies: {
        user_points: 'remaining_points',
        points: 'remaining_points',
        today_count: 'draws_today',
        today_draw_count: 'draws_today',
      },
      lists: { results: { copies: { points: 'points_awarded' } } },
    },
  },
  'GET /api/lottery/records': {
    query: [...pageAliases, ...drawTypes, ...absent('draw_type', 'all'), ...anyCase('prize_type')],
    answer: { copies: { total: 'pagination.total' }, lists: { records: record } },
  },
  'GET /api/lottery/statistics': {
    figures: 'draws',
    answer: {
      copies: { total_points_spent: 'total_cost' },
      made: {
        win_rate: ({ total_draws }, { figures }) =>
          total_draws === 0 ? 0 : rounded(Number(figures.won) / Number(total_draws)),
      },
    },
  },
  'GET /api/merchant/prizes': { answer: { lists: { prizes: prize } } },
  'PUT /api/merchant/prizes': { answer: { lists: { prizes: prize } } },
  'GET /api/merchant/lottery/stats': {
    figures: 'drawsOfAll',
    answer: {
      copies: { totalCount: 'total_draws' },
      made: {
        todayCount: (_, { figures }) => figures.draws,
        activeUsers: (_, { figures }) => figures.users,
        totalPrizes: ({ prizes }) => (Array.isArray(prizes) ? prizes.length : 0),
      },
    },
  },
  'GET /api/merchant/lottery/config': { answer: editor, says: saysWhen },
  'PUT /api/merchant/lottery/config': percentEditor,
  'POST /api/merchant/lottery/probabilities': percentEditor,
  'POST /api/merchant/lottery/reset-probabilities': { wheel: 'reset', answer: editor, says: saysWhen },
}

function rounded(share: number): number {
  return Math.round(share * 10_000) / 10_000
}
