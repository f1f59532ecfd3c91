import type { Logger } from 'pino'

/** Brings a code to a phone. */
export interface SmsSender {
  /** @throws when it could not be handed over after retries. */
  send(phone: string, code: string): Promise<void>
}

/** Development's sender: the code is printed on the terminal, and nowhere else. */
export function consoleSms(print: (line: string) => void): SmsSender {
  return {
    async send(phone, code) {
      print(`SMS to ${phone}: your code is ${code}`)
    },
  }
}

export interface WebhookSmsOptions {
  url: string
  expires_in: number
  logger: Logger
  /** How long one try may take. */
  timeoutMs?: number
  /** Pauses before the tries after the first. */
  pausesMs?: readonly number[]
}

/** Hands codes to an HTTP endpoint as `{ phone, code, expires_in }`, trying again when it fails. */
export function webhookSms(options: WebhookSmsOptions): SmsSender {
  const { url, expires_in, logger, timeoutMs = 3_000, pausesMs = [200, 1_000] } = options
  const attempt = async (phone: string, code: string) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ phone, code, expires_in }),
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    })
    await response.body?.cancel()
    if (!response.ok) throw new Error(`the SMS endpoint answered ${response.status}`)
  }
  return {
    async send(phone, code) {
      for (const pause of [...pausesMs, undefined]) {
        try {
          return await attempt(phone, code)
        } catch (error) {
          logger.warn({ err: error }, 'SMS not handed over')
          if (pause === undefined) throw error
          await Bun.sleep(pause)
        }
      }
    },
  }
}
