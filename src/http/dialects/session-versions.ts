/** Which build a session was last met with, by its `X-Client-Version`. */
export interface SessionVersions {
  remember(sessionId: string, version: string): void
  /** An empty text for a session that named none. */
  of(sessionId: string | undefined): string
}

const mostSessions = 20_000
const longestVersion = 32

export function createSessionVersions(): SessionVersions {
  const versions = new Map<string, string>()
  return {
    remember(sessionId, version) {
      if (version.length > longestVersion) return
      versions.delete(sessionId)
      versions.set(sessionId, version)
      const [oldest] = versions.size > mostSessions ? versions.keys() : []
      if (oldest !== undefined) versions.delete(oldest)
    },
    of: (sessionId) => (sessionId === undefined ? '' : (versions.get(sessionId) ?? '')),
  }
}
