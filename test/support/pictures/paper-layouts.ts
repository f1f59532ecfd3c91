import { billOf, grouped, inWords, plain, two } from './bill.ts'

import { bar, centred, columns, type Drawing, dashes, ends, type Layout } from './layout.ts'

const paper = (html: string, paid: number | null, more: Partial<Drawing> = {}): Drawing => ({
  html,
  paid,
  width: 620,

  material: 'paper',
  ...more,
})

/** Items in three columns, the sum, what was taken off, what was paid and how. */
const dineIn: Layout = (chance) => {
  const { shop, day, clock, dishes, sum, off, paid } = billOf(chance)
  const rows = dishes.map(({ name, count, price_fen }) => [name, String(count), plain(count * price_fen)])
  const [sumLabel, offLabel, paidLabel] = chance.of<[string, string, string]>([
    ['消费合计', '会员折扣', '实收合计'],
    ['合计金额', '优惠金额', '实付金额'],
    ['总计', '满减', '客付'],
    ['应收', '抹零', '实收'],
  ])
  return paper(
    centred(shop, 'font-size:44px;font-weight:700') +
      ends(`桌台: ${chance.of(['A', 'B', 'C'])}${chance.digits(2)}`, `人数: ${chance.int(1, 9)}`) +
      ends('流水号', `${day.replaceAll('-', '')}${chance.digits(5)}`) +
      dashes +
      columns([['菜名', '数量', '金额'], ...rows], [55, 18, 27]) +
      dashes +
      ends(sumLabel, plain(sum)) +
      (off > 0 ? ends(offLabel, `-${plain(off)}`) : '') +
      ends(paidLabel, `${chance.of(['', '¥'])}${plain(paid)}`, 'font-size:36px;font-weight:700') +
      ends(chance.of(['支付宝', '微信', '银行卡']), plain(paid)) +
      dashes +
      centred(`${day} ${clock}`),
    paid,
  )
}

/** Two labels and two amounts in each row; cash and change. */
const cashGrid: Layout = (chance) => {
  const { shop, day, clock, dishes, sum, off, paid } = billOf(chance)
  const cash = Math.ceil((paid + 1) / 10_000) * 10_000
  const count = dishes.reduce((total, dish) => total + dish.count, 0)
  const pair = (left: string, a: string, right: string, b: string) =>
    columns([[left, a, right, b]], [26, 24, 26, 24], 'font-size:26px')
  return paper(
    centred(`${shop}<br>结账单`, 'font-size:36px') +
      ends(`时间：${day} ${clock}`, `收银: ${two(chance.int(1, 20))}`) +
      bar +
      dishes.map(({ name, count: n, price_fen }) => ends(`${name} x${n}`, plain(n * price_fen))).join('') +
      bar +
      pair('数量', String(count), '合计', plain(sum)) +
      pair('优惠', plain(off), '应付', plain(paid)) +
      pair('现金', plain(cash), '找零', plain(cash - paid)) +
      centred('欢迎再来', 'margin-top:14px'),
    paid,
  )
}

/** A taxi's slip in dots whose decimal points are faint. */
const taxi: Layout = (chance) => {
  const fare = chance.int(11, 96) * 100 + chance.of([0, 0, 0, 50])
  const faint = (text: string) =>
    `<span class="dots">${text.replaceAll('.', `<span style="opacity:${chance.real(0.1, 0.7)}">.</span>`)}</span>`
  const row = (label: string, value: string) => ends(label, faint(value), 'margin:7px 0')
  return paper(
    centred(`${chance.of(['东湖', '北岭', '临江'])}市出租汽车统一车票`, 'font-size:30px') +
      centred('机打有效', 'font-size:22px') +
      row('车号', `B T${chance.digits(4)}`) +
      row('日期', billOf(chance).day) +
      row('上车', `${two(chance.int(0, 23))}:${two(chance.int(0, 59))}`) +
      row('单价', `${chance.of(['2.40', '2.70', '3.10'])}元`) +
      row('里程', `${chance.int(3, 28)}.${chance.int(0, 9)}km`) +
      row('状态', `00:0${chance.int(1, 9)}:${chance.digits(2)}`) +
      row('金额', `${chance.of(['¥', '￥', ''])}${plain(fare)}${chance.of(['元', ''])}`),
    fare,
    { width: 420, css: '.paper{font-family:"AR PL UKai CN","Noto Serif CJK SC"}' },
  )
}

/** A coach ticket: its price stands among other figures. */
const ticket: Layout = (chance) => {
  const price = chance.int(24, 420) * 100 + chance.of([0, 50])
  const { day } = billOf(chance)
  return paper(
    ends(`检票口 ${chance.int(1, 12)}B`, `${chance.digits(2)}C${chance.digits(6)}`, 'color:#b44') +
      ends(`<b style="font-size:36px">青岚站</b>`, `<b style="font-size:36px">G${chance.digits(3)}　石桥东</b>`) +
      ends(
        `${day.replace('-', '年').replace('-', '月')}日 ${chance.int(10, 22)}:45开`,
        `0${chance.int(1, 9)}车 12F号`,
      ) +
      ends(`票价：￥${plain(price)}元`, '二等座', 'margin:14px 0;font-size:32px') +
      ends('限乘当日当次车', '') +
      ends(`4401***********${chance.digits(3)}`, ''),
    price,
    { width: 820, css: '.paper{background:#cfe3ec}' },
  )
}

/** A pre-printed receipt that was filled in by hand, with the amount in words. */
const handWritten: Layout = (chance) => {
  const amount = chance.int(20, 2_600) * 100
  const ink = (text: string) => `<span class="ink">${text}</span>`
  return paper(
    centred('收　款　收　据', 'font-size:44px;letter-spacing:6px') +
      ends('', `№ ${chance.digits(7)}`, 'color:#a33') +
      ends(`今收到：${ink(chance.of(['王先生', '李女士', '周同学']))}`, '2026 年 9 月 7 日') +
      ends(`交来：${ink(chance.of(['餐费', '聚餐费', '包席款']))}`, '', 'margin:18px 0') +
      ends(`人民币（大写）：${ink(inWords(amount, chance.of(['元', '圆'])))}`, '') +
      ends(`￥：${ink(plain(amount))}`, `收款人：${ink('陈')}`, 'margin:18px 0'),
    amount,
    { width: 820, css: '.ink{color:#1b2f8a;font-family:"AR PL UKai CN","WenQuanYi Zen Hei"}' },
  )
}

/** A card slip, in two languages. */
const cardSlip =
  (title: string, paid: boolean): Layout =>
  (chance) => {
    const amount = chance.int(1_800, 268_000)
    const { shop, day, clock } = billOf(chance)
    const row = (text: string, value: string) => `<div>${text}: ${value}</div>`
    return paper(
      centred('签 购 单', 'font-size:38px') +
        row('商户名称(MERCHANT)', shop) +
        row('终端号(TERMINAL)', chance.digits(8)) +
        row('卡号(CARD)', `6225 **** **** ${chance.digits(4)}`) +
        row('交易类型(TRANS TYPE)', `<b style="font-size:34px">${title}</b>`) +
        row('批次号(BATCH NO)', chance.digits(6)) +
        row('参考号(REF NO)', chance.digits(12)) +
        row('日期/时间(DATE/TIME)', `${day.replaceAll('-', '/')} ${clock}:09`) +
        row('金额(AMOUNT)', `<b style="font-size:34px">RMB ${grouped(amount)}</b>`) +
        dashes +
        row('持卡人签名', '') +
        '<div style="font-size:20px;margin-top:30px">本人确认以上交易</div>',
      paid ? amount : null,
    )
  }

/** Part of the bill by a group voucher, the rest by phone. */
const voucherAndRest: Layout = (chance) => {
  const { shop, day, clock, dishes } = billOf(chance, { areRound: true })
  const sum = dishes.reduce((total, { count, price_fen }) => total + count * price_fen, 0) + 8_000
  const voucher = chance.of([3_000, 5_000, 6_800] as const)
  return paper(
    centred(shop, 'font-size:40px') +
      ends(`单号 ${chance.digits(10)}`, clock) +
      dashes +
      dishes.map(({ name, count, price_fen }) => ends(name, plain(count * price_fen))).join('') +
      ends('必点锅底', plain(8_000)) +
      dashes +
      ends('应收金额', plain(sum)) +
      ends('实收金额', plain(sum), 'font-weight:700') +
      ends(`　${chance.of(['美团团购券', '抖音团购', '代金券核销'])}`, plain(voucher)) +
      ends(`　${chance.of(['微信支付', '支付宝支付'])}`, plain(sum - voucher)) +
      centred(day),
    sum,
  )
}

/** What is left on a member's card stands beside what was spent. */
const memberCard: Layout = (chance) => {
  const { shop, day, clock, paid } = billOf(chance)
  const before = chance.int(600, 4_000) * 100
  return paper(
    centred(shop, 'font-size:42px') +
      centred('储值卡消费凭证') +
      ends('卡号', `No.${chance.digits(8)}`) +
      dashes +
      ends('消费前余额', plain(before + paid)) +
      ends('本次消费', plain(paid)) +
      ends('卡内余额', plain(before)) +
      ends('本次积分', String(Math.floor(paid / 100))) +
      ends('累计积分', String(chance.int(900, 9_000))) +
      dashes +
      ends(day, clock),
    paid,
  )
}

/** The printed values stand half a row above their labels. */
const halfRowOff: Layout = (chance) => {
  const { shop, day, sum, off, paid } = billOf(chance, { areRound: true })
  const up = chance.int(14, 22)
  const row = (label: string, value: string) =>
    `<tr><td style="border:2px solid #24587a;padding:12px 24px;color:#24587a">${label}</td><td style="border:2px solid #24587a;
    text-align:right;padding:12px 60px"><span class="mono" style="position:relative;top:-${up}px">${value}</span></td></tr>`
  return paper(
    centred(shop, 'font-size:40px;color:#24587a') +
      ends('', day) +
      `<table style="border-collapse:collapse;width:100%;margin-top:30px">${row('消费金额', plain(sum))}${row('优惠金额', plain(off))}${row('实收金额', plain(paid))}</table>` +
      centred('请妥善保管', 'margin-top:20px'),
    paid,
  )
}

function foreign(currency: string, shop: string): Layout {
  return (chance) => {
    const items = Array.from({ length: chance.int(2, 5) }, () => chance.int(300, 4_800))
    const sum = items.reduce((total, item) => total + item, 0)
    const service = Math.round(sum / 10)
    const total = sum + service
    const names = ['Nasi Lemak', 'Roast Duck', 'Milk Tea', 'Fish Soup', 'Kaya Toast', 'Spring Roll'] as const
    return paper(
      centred(shop, 'font-size:38px;font-weight:700') +
        centred('12 Harbour Street<br>Tel 03-2142 8890') +
        ends(`Bill: ${chance.digits(6)}`, `0${chance.int(1, 9)}/11/2026`) +
        dashes +
        items.map((item) => ends(`1 ${chance.of(names)}`, plain(item))).join('') +
        dashes +
        ends('Subtotal', plain(sum)) +
        ends('Service Charge 10%', plain(service)) +
        ends(chance.of(['TOTAL', 'GRAND TOTAL', 'Total Amount']), `${currency}${grouped(total)}`, 'font-size:36px') +
        ends(chance.of(['VISA', 'MASTERCARD', 'E-WALLET']), plain(total)) +
        centred('Thank you. Please come again'),
      total,
    )
  }
}

/** Two receipts that lie side by side. */
const twoReceipts: Layout = (chance) => {
  const one = () => {
    const bill = billOf(chance)
    return (
      centred(bill.shop, 'font-size:32px') +
      bill.dishes.map(({ name, count, price_fen }) => ends(name, plain(count * price_fen))).join('') +
      dashes +
      ends('合计', plain(bill.sum)) +
      ends('实收', plain(bill.sum), 'font-weight:700') +
      centred(`${bill.day} ${bill.clock}`)
    )
  }
  const side = (tilt: number) =>
    `<div style="width:46%;background:#f4f1ea;padding:14px;transform:rotate(${tilt}deg);box-shadow:4px 4px 12px #0008">${one()}</div>`
  return paper(
    `<div style="display:flex;gap:6%;align-items:flex-start">${side(chance.real(-3, 3))}${side(chance.real(-3, 3))}</div>`,
    null,
    { width: 1_150, css: '.paper{background:#7a6652;font-size:26px}' },
  )
}

/** A menu with prices: nothing was paid. */
const menu: Layout = (chance) => {
  const dish = () => {
    const { dishes } = billOf(chance)
    return dishes.map(({ name, price_fen }) => ends(name, `${price_fen / 100}元`, 'margin:10px 0')).join('')
  }
  return paper(centred('菜　单', 'font-size:52px') + ends('热菜', '') + dish() + ends('凉菜', '') + dish(), null, {
    css: '.paper{background:#f6e7c8;color:#5a1d12}',
  })
}

/** A page of text without money. */
const notice: Layout = (chance) =>
  paper(
    centred(chance.of(['招聘启事', '停水通知', '温馨提示']), 'font-size:48px') +
      `<p>各位顾客：本店将于 2026年${chance.int(1, 12)}月${chance.int(1, 28)}日 进行设备检修，暂停营业一天。给您带来不便，敬请谅解。</p>
     <p>联系电话：0571-8${chance.digits(7)}</p><p>订座请提前 ${chance.int(2, 5)} 小时，每桌不超过 ${chance.int(8, 12)} 人。</p>`,
    null,
    {},
  )

export const paperLayouts: Readonly<Record<string, Layout>> = {
  'dine-in': dineIn,
  'cash-grid': cashGrid,
  taxi,
  ticket,
  'hand-written': handWritten,
  'card-slip': cardSlip('消费/SALE', true),
  'card-refund': cardSlip('退货/REFUND', false),
  'card-preauth': cardSlip('预授权/AUTH', false),
  'voucher-and-rest': voucherAndRest,
  'member-card': memberCard,
  'half-row-off': halfRowOff,
  'hong-kong': foreign('HK$', 'Harbour Kitchen'),
  malaysia: foreign('RM', 'Kopi Corner'),
  'two-receipts': twoReceipts,
  menu,
  notice,
}
