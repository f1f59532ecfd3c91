/** Answers to writes without a key whose caller had gone, kept for the retry that follows. */
export interface LostAnswers {
  /**
   * Runs `write`, after identical requests that are running already; or answers, once, what one of them came to when
   * nobody was there any more to be answered. A refusal changed nothing and is not kept.
   * @param request who asks for what: equal for identical requests of one user alone
   * @param isGone whether this request's caller has gone
   */
  answer(request: string, isGone: () => boolean, write: () => Promise<string>): Promise<Answered>
  /** Answers kept now. */
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
        // When this caller has gone too, it is kept for the next retry.
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
