/** What of a receipt's text tells whether another one is the same receipt. */
export interface TextFeatures {
  /** Pairs of Chinese characters, words of letters, and numbers. */
  words: ReadonlySet<string>
  /** Long numbers and times of day: what two receipts of one restaurant don't have in common. */
  marks: ReadonlySet<string>
}

const mostMarks = 24
const longestNumber = 32

export function featuresOf(text: string): TextFeatures {
  const rows = text.split('\n')
  const date = rows.map((row) => firstDay(row)).find(Boolean) ?? ''
  const marks = rows.filter((row) => !ofTheRestaurant.test(row)).flatMap((row) => marksOf(row, date))
  return { words: new Set(rows.flatMap(wordsOf)), marks: new Set(marks.slice(0, mostMarks)) }
}

/**
 * Whether two texts are of one receipt; undefined when they don't tell. Measured: copies have at least 0.78 of all their
 * words in common, and half of their marks. Receipts of one restaurant have up to 0.89 and next to no marks.
 */
export function areOneReceipt(a: TextFeatures, b: TextFeatures): boolean | undefined {
  const most = Math.min(weightOf(a.marks), weightOf(b.marks))
  if (most === 0) return undefined
  const agreeing = [...a.marks].filter((mark) => b.marks.has(mark) || [...b.marks].some((other) => isCut(mark, other)))
  if (weightOf(agreeing) < most / 2) return false
  const common = [...a.words].filter((word) => b.words.has(word)).length
  const likeness = common / (a.words.size + b.words.size - common)
  return likeness >= (most > 1 ? leastLikeness : leastLikenessOfFewMarks) || undefined
}

const leastLikeness = 0.7
const leastLikenessOfFewMarks = 0.8

/** Whether the end of a long number was not read on one of two receipts. */
function isCut(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one]
  return /^\d{8}/.test(short) && long.startsWith(short)
}

/** A time without seconds counts half: receipts of one minute are not rare. */
function weightOf(marks: Iterable<string>): number {
  return [...marks].reduce((sum, mark) => sum + (/@\d\d:\d\d$/.test(mark) ? 1 : 2), 0)
}

/** Rows whose numbers and times belong to the restaurant, its till or the diner's card. */
const ofTheRestaurant =
  /电话|手机|热线|传真|密码|地址|营业|有效|截止|税号|信用代码|商户(?:编)?号|终端|批次|卡号|会员|wifi|tel|phone|terminal/i

function wordsOf(row: string): string[] {
  const pairs = (row.match(/\p{Script=Han}+/gu) ?? []).flatMap((run) => {
    const characters = [...run]
    return characters.length === 1 ? characters : characters.slice(1).map((next, at) => `${characters[at]}${next}`)
  })
  return [...pairs, ...(row.toLowerCase().match(/[a-z]{2,}/g) ?? []), ...(row.match(/\d+(?:\.\d+)?/g) ?? [])]
}

const day = /20\d{2}[-./年](\d{1,2})[-./月](\d{2}|\d)日?/g
const clock = /(?:[01]\d|2[0-3]|(?<!\d)\d)\s?:\s?[0-5]\d(?:\s?:\s?[0-5]\d)?/g
const price = /(?<![\d.])\d+\.\d{1,2}(?![\d.])/g
const longNumbers = /\d(?:[-.]?\d){5,}/g

function firstDay(row: string): string | undefined {
  const [found] = row.matchAll(day)
  return found && `${found[1]?.padStart(2, '0')}${found[2]?.padStart(2, '0')}`
}

function marksOf(row: string, date: string): string[] {
  const withoutDays = row.replace(/(?<=\d{4}) (?=\d{4})/g, '').replace(day, ' ')
  const times = withoutDays.match(clock) ?? []
  const numbers = withoutDays.replace(clock, ' ').replace(price, ' ').match(longNumbers) ?? []
  return [
    ...times.map((time) => `${date}@${time.replace(/\s/g, '').padStart(5, '0')}`),
    ...numbers.map((number) => number.replace(/\D/g, '').slice(-longestNumber)),
  ]
}
