import { computed, signal } from '@preact/signals'
import { forget, keep, recall } from './storage.ts'

export interface Tokens {
  access_token: string
  refresh_token: string
  user_id: number
}

const name = 'tokens'

/** Who is signed in, in every tab of this browser; null: nobody. */
export const tokens = signal(recall<Tokens>(name))
/** Stays the same while tokens are renewed. */
export const userId = computed(() => tokens.value?.user_id)

/** Who is signed in; on the pages inside, somebody always is. */
export const me = () => userId.value ?? 0

window.addEventListener('storage', ({ key }) => {
  if (key === name || key === null) tokens.value = recall<Tokens>(name)
})

export function setTokens(next: Tokens | null): void {
  if (next === null) forget(name)
  else keep(name, next)
  tokens.value = next
}

/** What another tab may have stored since. */
export function storedTokens(): Tokens | null {
  return recall<Tokens>(name)
}

interface Locks {
  request<Value>(name: string, task: () => Promise<Value>): Promise<Value>
}

let last: Promise<unknown> = Promise.resolve()

/**
 * Runs one task at a time, over all tabs where the browser has locks (pages with TLS, and localhost). Elsewhere only this
 * tab waits; the service gives two tabs that refresh at once the same pair.
 */
export function oneAtATime<Value>(task: () => Promise<Value>): Promise<Value> {
  const { locks } = navigator as { locks?: Locks }
  if (locks) return locks.request(name, task)
  const next = last.then(task, task)
  last = next.catch(() => {})
  return next
}
