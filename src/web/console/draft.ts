import { type Signal, signal, useSignal } from '@preact/signals'
import { keep, recall } from '../shared/storage.ts'
import { me } from '../shared/tokens.ts'

interface Draft {
  text: string
  at: number
}

const life_ms = 7 * 24 * 3_600_000
const nameOf = (user: number) => `drafts:${user}`

/** What somebody is typing. It outlives a reload, and a session that ended. */
export interface Typed {
  readonly text: Signal<string>
  /** Forgets it: it was sent, or is not wanted any more. */
  drop(): void
}

/** The draft of one field; `what` names the field and what it is about. */
function draft(what: string): Typed {
  const user = me()
  const text = signal(draftsOf(user)[what]?.text ?? '')
  text.subscribe((value) => write(user, what, value))
  return {
    text,
    drop: () => {
      text.value = ''
    },
  }
}

/** The same for a component. One that is shown for something else needs a key of its own. */
export function useDraft(what: string): Typed {
  return useSignal(draft(what)).value
}

/** Forgets drafts of what is over, such as of a receipt that somebody else decided about. */
export function dropDrafts(begin: string): void {
  const user = me()
  const kept = Object.entries(draftsOf(user)).filter(([what]) => !what.startsWith(begin))
  keep(nameOf(user), Object.fromEntries(kept))
}

/** Puts the typed text into a field. */
export const typeInto = (text: Signal<string>) => (event: { currentTarget: { value: string } }) => {
  text.value = event.currentTarget.value
}

function draftsOf(user: number): Record<string, Draft> {
  return recall<Record<string, Draft>>(nameOf(user)) ?? {}
}

function write(user: number, what: string, text: string): void {
  const { [what]: before, ...others } = draftsOf(user)
  if ((before?.text ?? '') === text) return
  const recent = Object.entries(others).filter(([, { at }]) => Date.now() - at < life_ms)
  keep(nameOf(user), { ...Object.fromEntries(recent), ...(text === '' ? {} : { [what]: { text, at: Date.now() } }) })
}
