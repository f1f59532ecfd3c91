const minute_ms = 60_000
const hour_ms = 60 * minute_ms
const day_ms = 24 * hour_ms

const exact = new Intl.DateTimeFormat('zh-CN', { month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' })
const dayOnly = new Intl.DateTimeFormat('zh-CN', { month: 'numeric', day: 'numeric' })

export const exactTime = (at: string) => exact.format(new Date(at))

/** How long ago something was, in words. */
export function ago(at: string, now = Date.now()): string {
  const past_ms = now - Date.parse(at)
  if (past_ms < minute_ms) return '刚刚'
  if (past_ms < hour_ms) return `${Math.floor(past_ms / minute_ms)} 分钟前`
  if (past_ms < day_ms) return `${Math.floor(past_ms / hour_ms)} 小时前`
  if (past_ms < 7 * day_ms) return `${Math.floor(past_ms / day_ms)} 天前`
  return dayOnly.format(new Date(at))
}

/** How long something still lasts, in words. */
export function left(until: string, now = Date.now()): string {
  const left_ms = Date.parse(until) - now
  if (left_ms <= 0) return '已到期'
  if (left_ms < hour_ms) return `还剩 ${Math.max(1, Math.floor(left_ms / minute_ms))} 分钟`
  if (left_ms < day_ms) return `还剩 ${Math.floor(left_ms / hour_ms)} 小时`
  return `还剩 ${Math.floor(left_ms / day_ms)} 天`
}

const figures = new Intl.NumberFormat('zh-CN')

export const points = (value: number) => figures.format(value)
