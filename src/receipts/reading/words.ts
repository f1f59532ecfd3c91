import { editDistance } from './similar.ts'

/**
 * What the amount beside a label is.
 *
 *     paid      what was paid
 *     due       what is to be paid after discounts
 *     total     the bill
 *     method    the part that was paid in one way
 *     gross     the bill before discounts
 *     voucher   what a voucher was worth: a part of the payment, or a discount
 *     discount  what was taken off
 *     tendered  cash that was handed over
 *     change    cash that was given back
 *     fee       what was added to the bill
 *     tax       what the state takes: inside the bill, or added to it
 *     other     nothing about this bill: balances, deposits, invoices
 */
export type Role =
  | 'paid'
  | 'due'
  | 'total'
  | 'method'
  | 'gross'
  | 'voucher'
  | 'discount'
  | 'tendered'
  | 'change'
  | 'fee'
  | 'tax'
  | 'other'

/** A label in a row's text, from offset `start` to `end`. */
export interface Label {
  role: Role
  start: number
  end: number
}

/**
 * Finds the labels in a normalised text. Words that touch make one label: 优惠合计 is a discount. When there is none, the
 * text before the first figure may be a label with a misread character.
 */
export function findLabels(text: string): Label[] {
  const labels: Label[] = []
  for (const match of withoutRemarks(text).matchAll(anyWord)) {
    const role = roleOf(match[0])
    const end =
      match.index + match[0].length + (suffix.exec(text.slice(match.index + match[0].length))?.[0].length ?? 0)
    const last = labels.at(-1)
    if (last && filler.test(text.slice(last.end, match.index))) {
      last.role = stronger(last.role, role)
      last.end = end
    } else {
      labels.push({ role, start: match.index, end })
    }
  }
  return labels.length > 0 ? labels : similarLabel(text)
}

function similarLabel(text: string): Label[] {
  const [before = ''] = /^[^\d¥$]*[\p{L}\d]*?(?=[\s:]*(?:[-¥$\d]|RM|$))/u.exec(text) ?? []
  const written = [...squeeze(before.replace(/[^\p{L}\d]/gu, ''))]
  const allowed = /^[a-z\d]+$/.test(written.join('')) ? Math.floor(written.length / 5) : Math.floor(written.length / 4)
  if (allowed === 0) return []
  const near = [...roleByWord].find(
    ([word]) => Math.abs(word.length - written.length) <= allowed && editDistance(written, [...word]) <= allowed,
  )
  return near && near[0].length >= (allowed > 1 ? 7 : 4) ? [{ role: near[1], start: 0, end: before.length }] : []
}

// A label of several words has the role that comes first here.
const precedence: readonly Role[] = [
  'other',
  'change',
  'voucher',
  'discount',
  'paid',
  'due',
  'tax',
  'gross',
  'fee',
  'method',
  'tendered',
  'total',
]

// The order within a role doesn't matter: where several words fit, the longest is taken.
// biome-ignore format: a table
const wordsByRole: Readonly<Record<Role, readonly string[]>> = {
  paid: [
    '实付', '实收', '实际支付', '实际付款', '实际收款', '已付', '已支付', '已收', '支付金额', '付款金额', '收款金额', '交易金额', '扣款金额',
    '支付合计', '付款合计', '本次支付', '本次消费', '本单支付', '支付总额', '客付', '客户支付', '顾客支付', '实缴', '消费额', '应付实付', '实结', '净收', '净额', '到店支付', '在线支付', '线上支付',
    'amount paid', 'total paid', 'net paid', 'you paid', 'paid', 'payment amount', 'card payment',
  ],
  due: [
    '应付', '应收', '待付', '待支付', '需付', '需支付', '折后', '折扣后', '券后', '优惠后', '减后', '抵扣后', '抹零后', '优惠价', '团购价', '应结', '价税合计', '应缴', '票价', '票款', '车费', '车资', '停车费', '收费金额', '金额小写', '小写金额',
    'amount due', 'balance due', 'total due', 'net total', 'nett total', 'net amount', 'to pay', 'total payable', 'amount payable', 'net payable', 'rounded total',
    'total after rounding', 'total incl gst', 'total inclusive', 'total after discount', 'fare',
  ],
  total: [
    '合计', '总计', '共计', '总额', '总金额', '消费金额', '消费总额', '总消费', '总价', '账单金额', '金额', '总共', '消费',
    'grand total', 'grand amount', 'total amount', 'total sales', 'total sale', 'total amt', 'bill total', 'invoice total', 'total', 'amount', 'nett',
  ],
  method: [
    '微信', '微信支付', '支付宝', '支付宝支付', '云闪付', '银联', '银联卡', '银行卡', '信用卡', '储蓄卡', '刷卡', '扫码', '扫码支付', '数字人民币',
    '美团支付', '美团', '八达通', '转数快', '信用卡支付', '储值卡', '储值卡支付', '抖音', '抖音支付', '大众点评', '挂账', '会员卡支付', '会员支付', '储值支付', '余额支付', '零钱支付', '聚合支付', '支付', '付款',
    'visa', 'mastercard', 'unionpay', 'wechat pay', 'wechat', 'alipay', 'credit card', 'debit card', 'master card', 'octopus', 'e-wallet', 'paynow', 'card',
  ],
  gross: [
    '小计', '原价', '原价合计', '原价金额', '商品总额', '商品总价', '商品金额', '商品合计', '订单金额', '订单总额', '订单总价', '菜品金额', '菜品合计', '菜品总额',
    '菜金', '折前', '优惠前', '门市价', '消费合计',
    'subtotal', 'sub total', 'sub-total', 'original price',
  ],
  voucher: ['团购券', '团购', '代金券', '代金券核销', '现金券', '抵用券', '美团团购券', '抖音团购', '券核销', '消费券', '礼品卡', '购物卡', 'voucher', 'gift card'],
  discount: [
    '优惠', '优惠金额', '优惠券', '优惠合计', '已优惠', '共优惠', '总优惠', '折扣', '折扣额', '折扣金额', '立减', '满减', '已减', '随机减', '减免', '减', '红包', '团购优惠',
    '抵扣', '抵扣券', '折让', '抹零', '舍零', '去零', '四舍五入', '节省', '已省', '共省', '让利', '会员折扣', '会员优惠',
    '会员价优惠', '补贴', '赠券', '免单', '券',
    'discount', 'off', 'coupon', 'promotion', 'rounding', 'saved', 'you saved',
  ],
  tendered: ['现金', '收款', '收现', '收现金', '现收', '现金支付', '收您', 'cash', 'cash tendered', 'amount tendered', 'tendered', 'tender', 'received'],
  change: ['找零', '找回', '找赎', '找续', '退找', '找您', '找补', 'change', 'change due', 'cash change'],
  fee: [
    '服务费', '打包费', '餐盒费', '配送费', '包装费', '茶位费', '茶位', '餐具费', '餐位费', '包间费', '开瓶费', '加工费', '附加费', '小费', '燃油附加费', '加一服务费',
    'service charge', 'service', 'delivery fee', 'tip', 'gratuity',
  ],
  tax: ['税额', '税', '增值税', '消费税', '税率', 'tax', 'vat', 'gst', 'sst', 'service tax', 'sales tax'],
  other: [
    '余额', '消费前余额', '卡内余额', '现余额', '本次积分', '累计积分', '可抵现', '卡余额', '账户余额', '会员卡余额', '储值余额', '零钱余额', '本金', '储值', '充值', '赠送', '押金', '定金', '订金',
    '可开票', '可开票金额', '发票金额', '开票金额', '已开票金额', '未开票金额', '开票', '发票', '积分', '人均', '单价', '退款', '已退', '退款金额', '面值', '起送', '还差',
    '可用', '剩余', '累计', '累计消费', '下次', '再付', '信用额度', '限额', '卡号', '会员卡', '预付', '数量', '件数', '人数', '份数', '低消', '最低消费', '里程', '不含税',
    'balance', 'deposit', 'points', 'invoice', 'refund', 'per person',
  ],
}

// What may follow a label, and what may stand between its words.
const suffix = /^(?:金额|总额|[额款价])/u
const filler = /^[/·+的总额金价费款]{0,3}$/u

// A remark in brackets, as in 合计(含税), doesn't name the amount after it. One that holds an amount is no remark. A count
// of goods, as in 共2件商品 合计, is none of the label's words.
function withoutRemarks(text: string): string {
  return text
    .replace(/\([^()]*\)/g, (remark) => (/\d[.,]\d/.test(remark) ? remark : ' '.repeat(remark.length)))
    .replace(/共?\s?\d+\s?[件份项个样种](?:商品|菜品|菜)?/g, (count) => ' '.repeat(count.length))
}

const roleByWord: ReadonlyMap<string, Role> = new Map(
  precedence.flatMap((role) => wordsByRole[role].map((word): [string, Role] => [squeeze(word), role])),
)

const anyWord = new RegExp(
  Object.values(wordsByRole)
    .flat()
    .sort((a, b) => b.length - a.length)
    .map(pattern)
    .join('|'),
  'giu',
)

function pattern(word: string): string {
  if (!/^[a-z]/.test(word)) return [...word].join(String.raw`\s*`)
  return `(?<![a-z])${word.replace(/[ -]/g, String.raw`[\s-]?`)}(?![a-z])`
}

function roleOf(written: string): Role {
  return roleByWord.get(squeeze(written)) ?? 'other'
}

function squeeze(word: string): string {
  return word.toLowerCase().replace(/[\s-]/g, '')
}

function stronger(a: Role, b: Role): Role {
  return precedence.indexOf(a) <= precedence.indexOf(b) ? a : b
}
