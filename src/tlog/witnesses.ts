import { retry } from '../lib/retry.ts'

const timeout_ms = 5_000
const pauses_ms = [1_000, 5_000]

/**
 * Gives a checkpoint to somebody outside who keeps it, as text. Tries again twice.
 * @throws when it was not taken, and `stop`'s reason once it is aborted
 */
export function sendCheckpoint(url: string, note: string, stop: AbortSignal): Promise<void> {
  const post = async () => {
    stop.throwIfAborted()
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain; charset=utf-8' },
      body: note,
      signal: AbortSignal.any([stop, AbortSignal.timeout(timeout_ms)]),
      redirect: 'error',
    })
    await response.body?.cancel()
    if (!response.ok) throw new Error(`the witness answered ${response.status}`)
  }
  return retry(post, pauses_ms, () => !stop.aborted)
}
