/** An amount that somebody typed, in fen; null for what is no amount of a receipt. */
export function fenOf(typed: string): number | null {
  const plain = typed
    .trim()
    .replace(/[¥￥,\s]/g, '')
    .replace(/[。．]/g, '.')
  const [, whole = '', decimals = ''] = /^(\d{1,4})(?:\.(\d{1,2}))?$/.exec(plain) ?? []
  const fen = Number(whole) * 100 + Number(decimals.padEnd(2, '0'))
  return whole === '' || fen === 0 ? null : fen
}

/** As the service takes it. */
export const yuanOf = (fen: number) => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`

/** 10 points a yuan, rounded down. */
export const pointsFor = (fen: number) => Math.floor(fen / 10)
