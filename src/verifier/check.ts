/** How a check ended. `pending`: it can't be done yet. */
export type State = 'passed' | 'failed' | 'pending'

/** The name of a check, and what it does: it throws when something is wrong. */
export type Check = readonly [name: string, run: () => 'pending' | undefined]

export function must(isTrue: boolean, why: string): undefined {
  if (!isTrue) throw new Error(why)
}
