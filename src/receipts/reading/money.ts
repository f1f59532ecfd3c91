/** How an amount was written: with its fen, with a currency but no fen, or as a bare number. */
export type MoneyForm = 'decimal' | 'currency' | 'bare'

/**
 * An amount found in a text. `fen` has no sign; `negative` says which it was. `start` and `end` are offsets in the
 * text.
 */
export interface Money {
  fen: number
  negative: boolean
  form: MoneyForm
  start: number
  end: number
}

/**
 * Finds the amounts of money in a normalised text, from left to right. Dates, times, telephone and order numbers,
 * weights, percentages and counts are left out.
 */
export function findMoney(text: string): Money[] {
  const found: Money[] = []
  for (const match of text.matchAll(candidate)) {
    const start = match.index
    const end = start + match[0].length
    const { sign = '', currency = '', inner = '', number = '', unit = '' } = match.groups ?? {}
    if (!standsAlone(text, start, end, unit !== '')) continue
    const money = parse(number, currency !== '' || unit !== '')
    if (money) found.push({ ...money, negative: (sign + inner).trim() !== '', start, end })
  }
  return found
}

// Digits, and the letters that are read in place of them. One of the first two must be a digit, or words would match.
const numberForm = String.raw`(?:[OoIl|](?=[\d.,]))?\d[\dOoIl|]*(?:[,.'·。:] ?[\dOoIl|]+)*`
// A worn ¥ is read as a letter. Only a number with fen behind it shows that.
const currencyForm = String.raw`¥|RMB|CNY|(?:HK|NT|US|S|MOP|M)\$|\$|MOP|HKD|SGD|MYR|(?<![A-Za-z])RM|€|£|人民币|(?<![A-Za-z])[YV](?=\s?\d)|(?<![A-Za-z\d])[TFX](?=\d{1,5}[.,]\d\d(?!\d))|[半羊](?=\s?\d)`
const candidate = new RegExp(
  String.raw`(?<sign>[-−–—]\s?)?(?:(?<currency>${currencyForm})\s*:?\s*)?(?<inner>[-−–—]\s?)?(?<number>${numberForm})(?<unit>\s?(?:元|块|圆|RMB|CNY|yuan))?`,
  'giu',
)

const beforeNoMoney =
  /[\dA-Z#*@_%×/.+]$|(?:^|[^A-Za-z])[xX]\s?$|(?:号|第|[Nn]o\.?|超过|低于|高于|[少多大小]于|不足|[不未]超)\s?:?\s?$/
const afterNoMoney =
  /^\s?(?:[%折斤两克人位份件个桌台号楼层分年月日时点张项次串瓶杯碗盘只条]|kg|ml|mg|cm|km|g\b|L\b|pcs|积分|公斤|千克|毫升|小时)|^[\dA-Za-z*/:@_×]|^-\d|^[.,]\d/i

function standsAlone(text: string, start: number, end: number, hasUnit: boolean): boolean {
  if (beforeNoMoney.test(text.slice(Math.max(0, start - 4), start))) return false
  return hasUnit || !afterNoMoney.test(text.slice(end))
}

const mostYuanDigits = 7

function parse(written: string, hasCurrency: boolean): Pick<Money, 'fen' | 'form'> | null {
  const digits = written
    .replace(/[Oo]/g, '0')
    .replace(/[Il|]/g, '1')
    .replace(/['·。:]/g, (mark) => (mark === ':' && !hasCurrency ? ':' : '.'))
    .replace(/\s/g, '')
  if (digits.includes(':')) return null
  const grouped = /^(\d{1,3}(?:[,.]\d{3})*|\d+)(?:[.,](\d{1,2}))?$/.exec(digits)
  if (!grouped) return null
  const [, whole = '', fraction] = grouped
  const yuan = whole.replace(/[,.]/g, '')
  if (yuan.length > mostYuanDigits || (yuan.length > 1 && yuan.startsWith('0'))) return null
  if (fraction === undefined && !hasCurrency && /[,.]/.test(whole) && !whole.includes(',')) return null
  const fen = Number(yuan) * 100 + Number((fraction ?? '').padEnd(2, '0'))
  return { fen, form: formOf(fraction, hasCurrency) }
}

function formOf(fraction: string | undefined, hasCurrency: boolean): MoneyForm {
  if (fraction?.length === 2) return 'decimal'
  if (hasCurrency) return 'currency'
  return fraction === undefined ? 'bare' : 'decimal'
}
