import { retry } from '../lib/retry.ts'

/** Sends codes to phones. */
export interface SmsSender {
  /**
   * @throws {Refusal} 1003 with `retry_after` when the vendor's limits for this phone are used up.
   * @throws when the code could not be handed to the vendor.
   */
  send(phone: string, code: string): Promise<void>
}

/** The sender for development. It prints the code on the terminal, and nowhere else. */
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
  /** How long one try may take. */
  timeout_ms?: number
  /** Pauses before the tries after the first. */
  pauses_ms?: readonly number[]
}

/**
 * Posts codes to an HTTP endpoint as `{ phone, code, expires_in }`, and retries when that fails. All tries of one
 * message have the same `Idempotency-Key`. So an endpoint that sent the message but answered too late doesn't send it
 * again.
 */
export function webhookSms(options: WebhookSmsOptions): SmsSender {
  const { url, expires_in, timeout_ms = 3_000, pauses_ms = [200, 1_000] } = options
  const attempt = async (phone: string, code: string, key: string) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
      body: JSON.stringify({ phone, code, expires_in }),
      signal: AbortSignal.timeout(timeout_ms),
      redirect: 'error',
    })
    await response.body?.cancel()
    if (!response.ok) throw new Error(`the SMS endpoint answered ${response.status}`)
  }
  return {
    send(phone, code) {
      const key = crypto.randomUUID()
      return retry(
        () => attempt(phone, code, key),
        pauses_ms,
        () => true,
      )
    },
  }
}
