/** A client's own word for one of the contract's codes. */
export interface CodeAlias {
  readonly alias: string
  readonly code: number
  /** Which clients, by their `X-Client-Version`; all without one. */
  readonly version?: RegExp
  /** What they are told instead. */
  readonly means: number
}

/** @param authFailure what clients refresh their tokens on */
export function codeAliases(authFailure: number): readonly CodeAlias[] {
  return [
    { alias: 'code of 2001', code: 2001, means: authFailure },
    { alias: 'code of 2002', code: 2002, means: authFailure },
    // To these 4005 is "no permission", with a screen of its own.
    { alias: 'code of 4005', code: 4005, version: /^2\./, means: 4015 },
  ]
}
