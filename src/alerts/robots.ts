import { createHmac } from 'node:crypto'
import { parseJson } from '../lib/parse-json.ts'
import type { AlertMessage } from './alert.ts'

export type AlertFormat = 'dingtalk' | 'wecom' | 'json'

export interface RobotOptions {
  url: string
  format: AlertFormat
  /** Signs messages to a DingTalk robot that asks for it. */
  secret: string | undefined
  /** The host name of this replica. */
  host: string
  timeZone: string
}

const service = 'restaurant-points'
/** The most bytes of Markdown that WeCom takes. */
const longestText_bytes = 4_096

/** The format that a webhook takes: as the setting says, or by the webhook's host. */
export function alertFormat(setting: AlertFormat | 'auto', url: string): AlertFormat {
  if (setting !== 'auto') return setting
  const { hostname } = new URL(url)
  if (hostname === 'oapi.dingtalk.com') return 'dingtalk'
  return hostname === 'qyapi.weixin.qq.com' ? 'wecom' : 'json'
}

/** Posts alerts to a DingTalk or WeCom robot, or as JSON to anything else. */
export function createRobot(options: RobotOptions): (message: AlertMessage, signal: AbortSignal) => Promise<void> {
  const { format } = options
  return async (message, signal) => {
    const response = await fetch(format === 'dingtalk' ? signed(options) : options.url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(bodyOf(message, options)),
      signal,
      redirect: 'error',
    })
    const answer = await response.text()
    if (!response.ok) throw new Error(`the alert webhook answered ${response.status}`)
    if (format !== 'json') requireTaken(answer)
  }
}

function bodyOf(message: AlertMessage, { format, host, timeZone }: RobotOptions): object {
  const text = markdownOf(message, host, timeZone)
  if (format === 'wecom') return { msgtype: 'markdown', markdown: { content: text } }
  if (format === 'dingtalk') return { msgtype: 'markdown', markdown: { title: headlineOf(message), text } }
  return { service, host, ...message, text }
}

function headlineOf({ title, count }: AlertMessage): string {
  return `【${service} 告警】${title}${count > 1 ? `（${count} 次）` : ''}`
}

function markdownOf(message: AlertMessage, host: string, timeZone: string): string {
  const at = message.at.toLocaleString('sv-SE', { timeZone })
  const lines = [headlineOf(message), `主机：${host}`, `时间：${at}`, ...message.details.map((line) => `- ${line}`)]
  return cut(lines.join('\n\n'), longestText_bytes)
}

function cut(text: string, most_bytes: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= most_bytes) return text
  return bytes.toString('utf8', 0, most_bytes - 3).replace(/\ufffd+$/, '')
}

/** Both robots always answer 200; only `errcode` says whether they took the message. */
function requireTaken(answer: string): void {
  const { errcode } = (parseJson(answer) ?? {}) as { errcode?: unknown }
  if (errcode !== 0) throw new Error(`the robot answered errcode ${String(errcode)}`)
}

/** DingTalk's signature: HMAC-SHA256 of time and secret, under the secret. */
function signed({ url, secret }: RobotOptions): string {
  if (!secret) return url
  const timestamp = String(Date.now())
  const target = new URL(url)
  target.searchParams.set('timestamp', timestamp)
  target.searchParams.set('sign', createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64'))
  return target.href
}
