/**
 * Finds an amount that is written in words, as banks write it, in fen: 壹佰贰拾捌元伍角整 is 12850. Null unless every
 * character fits, so that a misread one gives no wrong amount, nor one that was cut off at its beginning.
 */
export function amountInWords(text: string): number | null {
  const plain = text.replace(/[\s_]/g, '')
  for (const { 0: written, 1: yuan = '', 2: jiao, 3: cents, 4: isWhole, index } of plain.matchAll(form)) {
    if (!beginsHere.test(plain.slice(0, index))) continue
    const fen = (wholeOf(yuan) ?? Number.NaN) * 100 + figureOf(jiao) * 10 + figureOf(cents)
    const isAtEnd = index + written.length === plain.length
    const isFinished = isWhole !== undefined || cents !== undefined || jiao !== undefined || isAtEnd
    if (isFinished && fen > 0) return fen
  }
  return null
}

/** True when an amount in words goes on from the end of one text to the beginning of the next. */
export function goesOn(before: string, after: string): boolean {
  return (
    /[零壹贰叁肆伍陆柒捌玖拾佰仟万元圆角]$/.test(before) && /^[零壹贰叁肆伍陆柒捌玖拾佰仟万元圆角分整正]/.test(after)
  )
}

// After any other Chinese character than those of a label, a part of the amount was misread.
const beginsHere = /(?:^|\P{Script=Han}|[写币计额款共收付])$/u
const digits = '零壹贰叁肆伍陆柒捌玖'
const anyDigit = `[${digits}〇]`
const form = new RegExp(
  `((?:${anyDigit}|[拾佰仟万])+)[元圆园圜](?:零?(${anyDigit})角)?(?:零?(${anyDigit})分)?([整正])?`,
  'gu',
)
const units: ReadonlyMap<string, number> = new Map([
  ['拾', 10],
  ['佰', 100],
  ['仟', 1_000],
])

function figureOf(digit: string | undefined): number {
  return digit === undefined ? 0 : Math.max(0, digits.indexOf(digit))
}

/** The whole number in words, or null when its units don't fall from left to right. */
function wholeOf(words: string): number | null {
  const parts = words.split('万')
  if (parts.length > 2) return null
  const values = parts.map(belowTenThousand)
  if (values.some((value) => value === null)) return null
  const [high = 0, low] = values
  return low === undefined ? high : (high ?? 0) * 10_000 + (low ?? 0)
}

function belowTenThousand(words: string): number | null {
  let sum = 0
  let digit: number | null = null
  let lastUnit = 10_000
  for (const character of words.replaceAll('〇', '零')) {
    const unit = units.get(character)
    if (unit === undefined) {
      if (digit !== null && digit !== 0) return null
      digit = figureOf(character)
    } else {
      if (unit >= lastUnit || digit === null || digit === 0) return null
      sum += digit * unit
      lastUnit = unit
      digit = null
    }
  }
  return sum + (digit ?? 0)
}
