/** How a check ended. `pending`: it can't be done yet. */
export type State = 'passed' | 'failed' | 'pending'

export type CheckName =
  | 'format'
  | 'key'
  | 'signature of the receipt'
  | 'leaves of the receipt'
  | 'draw numbers'
  | 'proof in the log'
  | 'checkpoint'
  | 'draw in the log'
  | 'epoch in the log'
  | 'epoch'
  | 'wheel'
  | 'history'
  | 'pity'
  | 'outcomes'
  | 'prize stock'
  | 'seed'
  | 'rolls'
  | 'signature of the checkpoint'
  | 'one log'
  | 'one key'
  | 'one draw'
  | 'one stock'
  | 'one commitment'
  | 'one wheel'

/** The name of a check, and what it does: it throws when something is wrong. */
export type Check = readonly [name: CheckName, run: () => 'pending' | undefined]

/** Checks of one document, or of two against each other. */
export interface Group {
  /** The places of the documents in what was given. */
  of: readonly number[]
  checks: readonly Check[]
}

export function must(isTrue: boolean, why: string): undefined {
  if (!isTrue) throw new Error(why)
}
