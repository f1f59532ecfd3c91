/** Another code that older clients get for one of the contract's codes. */
export interface CodeAlias {
  readonly alias: string
  readonly code: number
  /** Only for clients whose `X-Client-Version` matches; for all when undefined. */
  readonly version?: RegExp
  /** The code that they get instead. */
  readonly means: number
}

/** @param authFailure the code on which clients refresh their tokens */
export function codeAliases(authFailure: number): readonly CodeAlias[] {
  return [
    { alias: 'code of 2001', code: 2001, means: authFailure },
    { alias: 'code of 2002', code: 2002, means: authFailure },
    // These clients take 4005 for "no permission" and show a special screen.
    { alias: 'code of 4005', code: 4005, version: /^2\./, means: 4015 },
  ]
}
