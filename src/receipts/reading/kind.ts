import { findMoney } from './money.ts'
import type { Row } from './rows.ts'

/**
 * What a picture shows.
 *
 *     receipt        a payment
 *     refund         money that went back
 *     unpaid         something that is still to be paid, or only reserved
 *     several        two receipts, or a list of payments
 *     not_a_receipt  nothing of these
 */
export const receiptKinds = ['receipt', 'refund', 'unpaid', 'several', 'not_a_receipt'] as const
export type ReceiptKind = (typeof receiptKinds)[number]

/** What the words of a picture say it shows, or null when they say nothing against a receipt. */
export function kindByWords(rows: readonly Row[]): Exclude<ReceiptKind, 'receipt'> | null {
  const texts = rows.map(({ text }) => text.replace(/\s+/g, ' '))
  const says = (pattern: RegExp, against?: RegExp) =>
    texts.some((text) => pattern.test(text) && !(against?.test(text) ?? false))
  if (says(refundTitle, refundOffer) || (texts[0] !== undefined && /^退款$/.test(texts[0]))) return 'refund'
  if (texts.filter((text) => refundParticular.test(text)).length >= 2) return 'refund'
  if (says(reserved, /预授权完成(?:$|[^为时])/) && !says(/预授权完成\s*(?:$|\/|\(|[A-Z])/)) return 'unpaid'
  if (says(waiting) || (!isDone(rows) && says(payButton))) return 'unpaid'
  if (says(otherPaper) || (says(movedMoney) && !says(/消费|合计|实收|餐/))) return 'not_a_receipt'
  return isListOfPayments(rows) || says(monthsSums) || hasTwoNumbers(texts) ? 'several' : null
}

/** True for the slip of a card terminal. */
export function isCardSlip(rows: readonly Row[]): boolean {
  return rows.some(({ text }) => cardSlip.test(text))
}

/** True for a card's slip that doesn't say that it was a sale: what else it may be can't be read. */
export function hidesItsType(rows: readonly Row[]): boolean {
  const says = (pattern: RegExp) => rows.some(({ text }) => pattern.test(text))
  return (
    says(/签购单|存根|(?:MERCHANT|CUSTOMER|CARDHOLDER) COPY/i) &&
    !says(/消费|付款|收款|预授权完成|sale|purchase|完成|成功/i)
  )
}

/** True for a card's slip that names an earlier one: it takes that one back. */
export function namesEarlierSlip(rows: readonly Row[]): boolean {
  return isCardSlip(rows) && rows.some(({ text }) => /^原(?:凭证|参考|流水|交易(?:日期|参考))/.test(text))
}

/** True when the words of a picture are those of a payment. */
export function showsPayment(rows: readonly Row[]): boolean {
  return rows.some(({ text }) => paymentWords.test(text))
}

/** True when a screen says that its payment is done. */
export function isDone(rows: readonly Row[]): boolean {
  return rows.some(({ text }) => done.test(text) && !notDone.test(text))
}

/** True when the words of a picture are those of a receipt, readable or not. */
export function looksLikeReceipt(rows: readonly Row[]): boolean {
  return rows.some(({ text }) => receiptWords.test(text))
}

/** True when a picture shows a paper with one price: the ticket of a train, a coach or a ship, or a filled-in form. */
export function hasOnePrice(rows: readonly Row[]): boolean {
  return rows.some(({ text }) => onePrice.test(text))
}

const cardSlip = /签购单|(?:商户|持卡人)存根|终端(?:编)?号|批次号|凭证号|MERCHANT COPY|TERMINAL/i
const onePrice = /车票|次车|[一二]等座|检票|客票|船票|^收款?收?[据条]$|^[今兹]收到|交款(?:单位|人)|[收付]款事由/
const done =
  /(?:支付|付款|交易|转账|收款|消费)\s?(?:成功|完成)|支付宝账单|账单详情|已(?:支付|付款|完成)|订单(?:已)?完成/
const notDone = /未|待|后/
const refundTitle =
  /(?:退款|退货|退单|退菜|撤销|冲正)\s?(?:凭证|小票|成功|单$|单\(|到账|通知|已|交易|完成)|(?:已全额|全额|已)退(?:款$|款成功)|交易类[型别].{0,20}(?:退|撤销|冲正)|(?:^|[^A-Za-z])(?:REFUND|VOID)(?:$|[^A-Za-z])|^(?:退款|退货|撤销)(?:金额)?\s?[-+:¥]?\s?[¥-]?\d|^(?:消费|交易|支付)?(?:撤销|冲正)(?:交易)?(?:$|[(/\s])|^消费撤销/i
const refundParticular = /退款(?:方式|时间|单号|原因|账户|去向|总?金额)|退回(?:账户|零钱|银行卡)/
const refundOffer = /申请退|退款(?:规则|政策|说明|须知|\/售后|售后)|可退|随时退|过期|不退|无退|部分退款|policy/i
const reserved = /预授权|PRE-?\s?AUTH|冻结/i
const waiting =
  /待\s?(?:支付|付款)|未\s?(?:支付|付款|结账|结清)|(?:支付|付款)(?:剩余|失败|超时)|剩余(?:支付|付款)?时间|等待(?:买家|您)?(?:支付|付款)|请(?:在|于|尽快).{0,12}(?:支付|付款)|交易(?:关闭|失败)|请(?:输入|验证).{0,4}(?:密码|指纹|面容)|请扫[码描].{0,4}(?:支付|付款|买单)|订单(?:已)?(?:取消|关闭)|(?<![A-Z])UNPAID(?![A-Z])/i
const payButton =
  /(?:确认|立即|马上|去|现在)\s?(?:支付|付款|结算|买单)|提交订单|确认订单|选择支付方式|^收银台$|^支付订单$|pay now|check\s?out|place order/i
const paymentWords =
  /支付|付款|付钱|交易|账单|收款|商户|转账|订单|消费|小票|实付|实收|收银|结账|单号|票|收据|paid|payment|receipt|total|sale|merchant/i
const receiptWords =
  /结账|结算|小票|收据|发票|账单|单号|订单|流水|收银|桌号|台号|桌台|支付|付款|实收|实付|合计|总计|receipt|invoice|total|cash(?!mere)|bill|票价/i

const otherPaper = /^(?:.{0,8})(?:报价单|询价单|合同|工资条|工资单)$/
// Money that only went from one's bank to one's wallet, or back.
const movedMoney = /充值成功|充值金额|提现(?:成功|金额|到账)|还款(?:成功|金额)/
// What came in and went out in a month stands above the list of it.
const monthsSums = /支出\s?[¥:]?\s?\d.*收入|收入\s?[¥:]?\s?\d.*支出/
const fewestPayments = 3

/** Two slips have two numbers under the same name. */
function hasTwoNumbers(texts: readonly string[]): boolean {
  const numbers = new Map<string, string>()
  return texts
    .flatMap((text) => [...text.matchAll(/(?<!\p{Script=Han})([订账流单][水单据]?号)\D{0,2}(\d{4,})/gu)])
    .some(([, name = '', number = '']) => {
      const first = numbers.get(name) ?? number
      numbers.set(name, first)
      return number !== first
    })
}

// A list of payments shows one amount and one time for each.
function isListOfPayments(rows: readonly Row[]): boolean {
  const signed = rows.filter(({ text }) => {
    const amounts = findMoney(text)
    return (
      amounts.length === 1 &&
      amounts[0]?.negative &&
      amounts[0].form !== 'bare' &&
      !/优惠|减|券|红包|折|抵|抹/.test(text)
    )
  })
  const times = rows.filter(({ text }) =>
    /\d{1,2}\s?[-/月.]\s?\d{1,2}日?\s?\d{1,2}:\d{2}|(?:今天|昨天|星期.|周.)\s?\d{1,2}:\d{2}/.test(text),
  )
  return signed.length >= fewestPayments && times.length >= fewestPayments
}
