import { retry } from '../lib/retry.ts'

/** Brings a code to a phone. */
export interface SmsSender {
  /**
   * @throws {Refusal} 1003 with `retry_after` when the vendor's limits for this phone are used up.
   * @throws when it could not be handed over.
   */
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
  /** How long one try may take. */
  timeout_ms?: number
  /** Pauses before the tries after the first. */
  pauses_ms?: readonly number[]
}

/**
 * Hands codes to an HTTP endpoint as `{ phone, code, expires_in }`, trying again when it fails. All tries of one message
 * have one `Idempotency-Key`, by which an endpoint that did send it, but answered too late, sends it no second time.
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
