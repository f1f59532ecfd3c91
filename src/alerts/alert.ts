/** What the operators are told: routes, jobs, numbers. It holds no secret and nothing personal. */
export type Alert =
  | { event: 'slow_request'; method: string; route: string; took_ms: number; request_id: string }
  | { event: 'ledger_mismatch'; count: number; examples: readonly string[] }
  | { event: 'job_failed'; job: string; error: string }
  | { event: 'sweep_stopped'; why: 'apart' }
  | { event: 'sweep_stopped'; why: 'too_many'; images: number; unknown: number; most: number }
  | { event: 'clock_wrong'; why: 'jumped' | 'apart' | 'future_runs'; by_s: number }
  | { event: 'queue_full'; queue: 'till' | 'reader' }
  | { event: 'sms_budget'; period: 'hour' | 'day'; used: number; most: number }
  | { event: 'staff_budget'; budget: 'discretionary' | 'reviews'; staff_id: number; used: number; most: number }
  | { event: 'staff_pair'; staff_id: number; diner_id: number; points: number; days?: number }
  | { event: 'flagged_approved'; staff_id: number; subject: string; reasons: readonly string[] }
  | { event: 'approval_asked'; staff_id: number; subject: string; reasons: readonly string[] }
  | { event: 'approval_alone'; staff_id: number; subject: string; reasons: readonly string[] }
  | { event: 'log_stopped'; why: 'late' | 'halted' }
  | { event: 'draws_unproven'; without: readonly string[] }
  | { event: 'odds_off'; of: 'version' | 'diner'; id: number; draws: number; p_value: number }
  | { event: 'checkpoint'; note: string }
  | { event: 'database_away' }
  | { event: 'database_back'; away_s: number }

export type AlertEvent = Alert['event']

/** A failure with an alert of its own. */
export class AlertedError extends Error {
  override name = 'AlertedError'
  readonly alert: Alert
  constructor(alert: Alert, message: string) {
    super(message)
    this.alert = alert
  }
}

/** One or more alerts of an event, as they go out. */
export interface AlertMessage {
  event: AlertEvent
  title: string
  /** How often it happened since the last message. */
  count: number
  /** The latest alert about each subject, oldest first. */
  details: readonly string[]
  at: Date
}

export const alertTitles: Record<AlertEvent, string> = {
  slow_request: '请求过慢',
  ledger_mismatch: '账本不一致',
  job_failed: '定时任务失败',
  sweep_stopped: '图片清理已停止',
  clock_wrong: '时钟异常',
  queue_full: '队列已满',
  sms_budget: '短信额度告急',
  staff_budget: '员工发放积分较多',
  staff_pair: '一位员工给同一顾客发放积分较多',
  flagged_approved: '有疑点的小票被通过',
  approval_asked: '有申请等待另一位负责人审批',
  approval_alone: '超出额度的操作由一人决定',
  log_stopped: '存证日志停止封存',
  draws_unproven: '抽奖没有可验证的凭证',
  odds_off: '抽奖结果与公布的概率不符',
  checkpoint: '当日存证检查点',
  database_away: '数据库无法连接',
  database_back: '数据库已恢复',
}

const queues = { till: '写入队列已满，新的写请求被拒绝', reader: '等待识别的小票过多，新的照片稍后再识别' }

const givenBy = { discretionary: '自行发放', reviews: '审核发放' }

const reasonNames: Record<string, string> = {
  gift: '大额赠送',
  unread: '大额未识别小票',
  over_limit: '金额超过上限的小票',
  copy: '疑似重复的小票',
  other_merchant: '其他商家的小票',
  price: '价格减半以下',
  limit: '限购减半以下',
  staff_budget: '超出员工当日额度',
  review_budget: '超出审核当日额度',
  diner_budget: '超出顾客当日额度',
}
const namesOf = (reasons: readonly string[]) => reasons.map((reason) => reasonNames[reason] ?? reason).join('、')

const logStops = {
  late: '超过 60 秒没有封存成功，抽奖凭证承诺的时限已过，请检查数据库和存储',
  halted: '已公布的日志与数据库不一致（可能恢复了备份，或数据被改动），封存和抽奖已停止，请按手册处理',
}

const drawnBy = {
  version: (id: number) => `转盘第 ${id} 版`,
  diner: (id: number) => `顾客 ${id} `,
}

const periods = { hour: '这一小时', day: '这一天' }

const clocks = {
  jumped: (by_s: number) => `主机时钟突然快了 ${by_s} 秒，定时任务暂停，时钟恢复或稳定 10 分钟后继续`,
  apart: (by_s: number) => `主机时钟比数据库的快 ${by_s} 秒，定时任务暂停，时钟一致后继续`,
  future_runs: () => '有定时任务的运行记录在未来，已忽略；之前时钟曾经快过',
}

/** The alert in one line, for people. */
export function detailOf(alert: Alert): string {
  switch (alert.event) {
    case 'slow_request':
      return `${subjectOf(alert)} 用时 ${(alert.took_ms / 1000).toFixed(1)} 秒（请求号 ${alert.request_id}）`
    case 'ledger_mismatch':
      return `${alert.count} 处余额或库存与流水不符：${alert.examples.join('；')}`
    case 'job_failed':
      return `${alert.job}：${alert.error}`
    case 'sweep_stopped':
      return alert.why === 'apart'
        ? '图片存储与数据库不像是同一套安装，没有移动任何图片，请用 images 命令核对'
        : `${alert.images} 张图片中有 ${alert.unknown} 张没有记录，超过一次最多 ${alert.most} 张，没有移动任何图片，请用 images 命令核对`
    case 'clock_wrong':
      return clocks[alert.why](alert.by_s)
    case 'queue_full':
      return queues[alert.queue]
    case 'sms_budget':
      return `${periods[alert.period]}已发验证码短信 ${alert.used} 条，上限 ${alert.most} 条；用完后只有登录过的设备还能收到`
    case 'staff_budget':
      return `员工 ${alert.staff_id} 今天${givenBy[alert.budget]} ${alert.used} 积分，额度 ${alert.most}；超出后需要另一位负责人审批`
    case 'staff_pair':
      return `员工 ${alert.staff_id} ${alert.days ? `近 ${alert.days} 天自行` : '今天已'}给顾客 ${alert.diner_id} 共 ${alert.points} 积分`
    case 'flagged_approved':
      return `员工 ${alert.staff_id} 审核的 ${alert.subject} 已通过（${namesOf(alert.reasons)}）`
    case 'approval_asked':
      return `员工 ${alert.staff_id} 申请 ${alert.subject}（${namesOf(alert.reasons)}）`
    case 'approval_alone':
      return `员工 ${alert.staff_id} 独自决定了 ${alert.subject}（${namesOf(alert.reasons)}），没有其他负责人可以审批`
    case 'log_stopped':
      return logStops[alert.why]
    case 'draws_unproven':
      return `没有设置 ${alert.without.join('、')}，抽奖照常进行，但顾客拿不到可验证的凭证`
    case 'odds_off':
      return `${drawnBy[alert.of](alert.id)}的 ${alert.draws} 次抽奖与公布的概率相差过大，纯属偶然的可能性只有 ${alert.p_value.toExponential(1)}`
    case 'checkpoint':
      return alert.note
    case 'database_away':
      return '连续多次无应答，写入与查询暂不可用'
    case 'database_back':
      return `中断约 ${alert.away_s} 秒`
  }
}

/** What an alert is about, which tells alerts of one event apart; empty where there is none. */
export function subjectOf(alert: Alert): string {
  if ('subject' in alert) return alert.subject
  if (alert.event === 'staff_budget') return `${alert.staff_id} ${alert.budget}`
  if (alert.event === 'staff_pair') return `${alert.staff_id} ${alert.diner_id}`
  if (alert.event === 'odds_off') return `${alert.of} ${alert.id}`
  if (alert.event === 'slow_request') return `${alert.method} ${alert.route}`
  if (alert.event === 'job_failed') return alert.job
  if (alert.event === 'sms_budget') return alert.period
  return alert.event === 'queue_full' ? alert.queue : ''
}

/** What the answer of an operation may hold for the operators. No client sees it. */
export interface Alerting {
  alerts?: readonly Alert[]
}

export function alertsIn(answer: unknown): readonly Alert[] {
  return (answer as Alerting | null)?.alerts ?? []
}
