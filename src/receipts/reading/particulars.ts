import { findMoney } from './money.ts'
import type { Piece, Row } from './rows.ts'

/** When the receipt was paid, `YYYY-MM-DDTHH:mm:ss`. A time of payment is preferred to one of ordering or printing. */
export function findPaidAt(rows: readonly Row[]): string | null {
  const found = rows.flatMap((row, index) => {
    const day = findDay(row.text)
    if (!day) return []
    const clock = findClock(row.text.slice(day.end)) ?? findClock(rows[index + 1]?.text ?? '', true) ?? '00:00:00'
    return [{ time: `${day.day}T${clock}`, rank: timeRanks.findIndex((words) => words.test(row.text)) }]
  })
  return found.sort((a, b) => a.rank - b.rank)[0]?.time ?? null
}

/** The restaurant's name: the one that has a label, else the one in the largest letters of the first rows. */
export function findMerchant(rows: readonly Row[]): string | null {
  return labelledMerchant(rows) ?? titleMerchant(rows)
}

/** The receipt's number, without blanks. Of several the one that identifies it best is taken. */
export function findNumber(rows: readonly Row[]): string | null {
  for (const label of numberLabels) {
    for (const row of rows) {
      const number = numberAfter(row, label)
      if (number) return number
    }
  }
  return null
}

const timeRanks: readonly RegExp[] = [
  /支付时间|付款时间|交易时间|结账|结算|收款时间|消费时间|[Pp]aid/,
  /^(?!.*(?:开台|下单|打印|预约|期望|有效|截止|营业|创建))/,
  /下单|创建|开台/,
  /打印/,
  /./,
]

const yearFirstForm = /(20\d{2})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})日?/
const dayFirstForm = /(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](20\d{2})/
// The reader often drops the blank between day and time. The day then has two digits, and the hour follows them.
const yearFirstGlued = /(20\d{2})[-/.](\d{2})[-/.](\d{2})(?=\d{2}:)/

function findDay(text: string): { day: string; end: number } | null {
  const yearFirst = yearFirstGlued.exec(text) ?? yearFirstForm.exec(text)
  if (yearFirst) return dayOf(yearFirst, yearFirst[1], yearFirst[2], yearFirst[3])
  const dayFirst = dayFirstForm.exec(text)
  return dayFirst ? dayOf(dayFirst, dayFirst[3], dayFirst[2], dayFirst[1]) : null
}

function dayOf(match: RegExpExecArray, year = '', month = '', day = ''): { day: string; end: number } | null {
  const written = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const time = Date.parse(`${written}T00:00:00Z`)
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== written) return null
  return { day: written, end: match.index + match[0].length }
}

function findClock(text: string, alone = false): string | null {
  const match = /(?<!\d)([01]?\d|2[0-3])\s?:\s?([0-5]\d)(?:\s?:\s?([0-5]\d))?(?!\d)/.exec(text)
  if (!match || (alone && match[0].length !== text.trim().length)) return null
  return `${(match[1] ?? '').padStart(2, '0')}:${match[2]}:${match[3] ?? '00'}`
}

const merchantLabel =
  /(?:商户全称|商户名称|商家名称|门店名称|收款商户|商户名|收款方|商户|商家|门店|店名|店铺|merchant)\s*:?\s*(.+)$/i
const notAName =
  /支付|付款|交易|账单|订单|结账|预结|小票|客户联|商户联|欢迎|谢谢|光临|成功|完成|详情|状态|外卖单|取餐|桌|台号|人数|单号|日期|时间|电话|全部|服务|打印|签购单|^返回$|备注|编号|receipt|invoice|welcome|table|WiFi|^\d?G\b|^HD$|^#/i

function labelledMerchant(rows: readonly Row[]): string | null {
  for (const row of rows) {
    const name = cleanName(merchantLabel.exec(row.text)?.[1] ?? '')
    if (isName(name) && !/备注|单号|订单|编号|号$/.test(row.text.slice(0, 6))) return name
  }
  return null
}

const firstRows = 6

// The largest letters win. A name that sounds like a restaurant counts as a little larger.
function titleMerchant(rows: readonly Row[]): string | null {
  const titles = rows
    .slice(0, firstRows)
    .flatMap((row) =>
      row.pieces.map((piece) => ({ name: cleanName(textOf(row, piece)), height: piece.line.box.height })),
    )
    .filter(({ name }) => isName(name))
    .map(({ name, height }) => ({ name, size: height * (soundsLikeRestaurant.test(name) ? 1.3 : 1) }))
  const largest = Math.max(0, ...titles.map(({ size }) => size))
  return titles.find(({ size }) => size >= 0.85 * largest)?.name ?? null
}

const soundsLikeRestaurant =
  /[店馆楼厅坊居阁轩庄府苑吧]$|[店馆楼厅坊]\s?\(|\([^)]*店\)$|餐饮|火锅|酒家|小吃|restaurant|caf[eé]|kitchen|bistro/i

function textOf(row: Row, piece: Piece): string {
  return row.text.slice(piece.start, piece.end)
}

function cleanName(text: string): string {
  return text
    .replace(/^.*?付款-给/, '')
    .replace(/\s+(?=\()/g, '')
    .replace(/^[\s:*·-]+|[\s:*·>-]+$/g, '')
}

function isName(name: string): boolean {
  const letters = name.match(/[\p{Script=Han}A-Za-z]/gu)?.length ?? 0
  return (
    letters >= 2 &&
    letters * 2 >= name.length &&
    name.length <= 40 &&
    !notAName.test(name) &&
    findMoney(name).every(({ form }) => form === 'bare')
  )
}

// The best first: a payment's number is unique everywhere, a till's number only in its restaurant.
const numberLabels: readonly RegExp[] = [
  /发票号码\s*:?/,
  /(?:交易单号|交易号|支付单号)\s*:?/,
  /订单(?:编号|号码|号)\s*:?/,
  /(?:账单|结账|转账|小票|消费|收据|票据|单据)(?:编号|单号|号)\s*:?/,
  /(?<![一-龥])单(?:号|据号)\s*:?/,
  /流水(?:编号|号)\s*:?/,
  /(?:商户单号|凭证号|参考号|票号)\s*:?/,
  /(?:Receipt|Order|Check|Bill|Invoice)\s*(?:No|Number|#)?\s*[.:#]\s*/i,
  /(?<![A-Za-z])No\s?[.:]\s*/i,
]

function numberAfter(row: Row, label: RegExp): string | null {
  const match = label.exec(row.text)
  if (!match) return null
  const from = match.index + match[0].length
  const piece = row.pieces.find(({ end }) => end > from)
  const written = row.text.slice(Math.max(from, piece?.start ?? from), piece?.end)
  const number =
    /^[\s:#]*([A-Za-z]{0,6}-?\d[\dA-Za-z.-]*(?: \d+)*)/
      .exec(written)?.[1]
      ?.replace(/\s/g, '')
      .replace(/[.-]+$/, '') ?? ''
  return number.length >= 4 && number.length <= 64 && (number.match(/\d/g)?.length ?? 0) >= 3 ? number : null
}
