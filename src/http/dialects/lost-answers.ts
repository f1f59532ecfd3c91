/** Answers to writes without a key whose caller disconnected first. They are kept for the caller's retry. */
export interface LostAnswers {
  /**
   * Runs `write` after identical requests that are already running. If the caller of one of them had disconnected, its
   * answer is returned instead, once. A refusal changed nothing and is not kept.
   * @param request names the user and the request: equal only for identical requests of one user
   * @param isGone whether this request's caller has disconnected
   */
  answer(request: string, isGone: () => boolean, write: () => Promise<string>): Promise<Answered>
  /** The number of answers that are kept now. */
  readonly size: number
}

export interface Answered {
  text: string
  replayed: boolean
}

const keptFor_ms = 60_000
const mostKept = 10_000

export function createLostAnswers(elapsed_ms: () => number): LostAnswers {
  const running = new Map<string, Promise<void>>()
  const kept = new Map<string, { text: string; until: number }>()

  const keep = (request: string, text: string) => {
    const at = elapsed_ms()
    kept.delete(request)
    kept.set(request, { text, until: at + keptFor_ms })
    for (const [oldest, { until }] of kept) {
      if (until > at && kept.size <= mostKept) break
      kept.delete(oldest)
    }
  }
  const find = (request: string): string | undefined => {
    const found = kept.get(request)
    return found && found.until > elapsed_ms() ? found.text : undefined
  }

  return {
    async answer(request, isGone, write) {
      for (let before = running.get(request); before; before = running.get(request)) await before
      const lost = find(request)
      if (lost !== undefined) {
        // If this caller has disconnected too, the answer stays for the next retry.
        if (!isGone()) kept.delete(request)
        return { text: lost, replayed: true }
      }
      const { promise, resolve } = Promise.withResolvers<void>()
      running.set(request, promise)
      try {
        const text = await write()
        if (isGone()) keep(request, text)
        return { text, replayed: false }
      } finally {
        running.delete(request)
        resolve()
      }
    },
    get size() {
      return kept.size
    },
  }
}
