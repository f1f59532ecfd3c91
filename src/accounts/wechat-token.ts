/** A token as WeChat issues it. */
export interface IssuedToken {
  access_token: string
  /** Seconds. */
  expires_in: number
}

/** Keeps one access token for all callers. It is fetched when it is needed, and again before it expires. */
export interface AccessToken {
  get(): Promise<string>
  /** WeChat refused `token`: the next `get` fetches a new one, unless that has happened already. */
  drop(token: string): void
}

/**
 * A token is replaced this long before it expires. A token that lives less than twice as long is replaced at half its
 * life.
 */
const early_s = 300

export function keepAccessToken(fetchToken: () => Promise<IssuedToken>, elapsed_ms: () => number): AccessToken {
  let held: { token: string; until: number } | undefined
  let fetching: Promise<string> | undefined

  const renew = async () => {
    const askedAt = elapsed_ms()
    const { access_token, expires_in } = await fetchToken()
    held = { token: access_token, until: askedAt + (expires_in - Math.min(early_s, expires_in / 2)) * 1000 }
    return access_token
  }
  return {
    get() {
      if (held && held.until > elapsed_ms()) return Promise.resolve(held.token)
      fetching ??= renew().finally(() => {
        fetching = undefined
      })
      return fetching
    },
    drop(token) {
      if (held?.token === token) held = undefined
    },
  }
}
