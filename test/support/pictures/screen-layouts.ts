import { billOf, dishesOf, grouped, plain, two } from './bill.ts'
import type { Chance } from './chance.ts'
import { centred, type Drawing, ends, type Layout } from './layout.ts'

function screen(chance: Chance, html: string, paid: number | null, isDark = chance.happens(25)): Drawing {
  const colours = isDark ? '.screen{background:#161616;color:#e8e8e8}' : '.screen{background:#f4f5f7;color:#202124}'
  const status = ends(
    `${chance.int(10, 21)}:${two(chance.int(0, 59))}`,
    `5G ${chance.int(20, 99)}%`,
    'font-size:26px;padding:0 24px',
  )
  return { html: status + html, css: colours, paid, width: 780, material: 'screen' }
}

const big = 'font-size:84px;font-weight:700;margin:20px 0'
const card = (html: string) => `<div style="margin:24px;padding:24px;border-radius:16px;background:#8882">${html}</div>`

/** A bank's page after a payment. */
const paidPage: Layout = (chance) => {
  const { shop, day, clock, sum, off, paid } = billOf(chance)
  return screen(
    chance,
    centred(chance.of(['付款成功', '交易成功', '支付完成']), 'font-size:40px;margin-top:80px') +
      centred(chance.of([`¥${plain(paid)}`, `-${grouped(paid)}`, `${plain(paid)}元`]), big) +
      card(
        ends('收款方', shop) +
          (off > 0 ? ends('订单原价', `¥${plain(sum)}`) + ends('立减优惠', `-¥${plain(off)}`) : '') +
          ends('付款方式', chance.of(['储蓄卡(3398)', '零钱', '花呗'])) +
          ends('交易时间', `${day} ${clock}:17`) +
          ends('交易单号', chance.digits(26), 'font-size:24px'),
      ) +
      centred('完成', 'margin-top:120px;font-size:36px'),
    paid,
  )
}

/** A finished order with fees and red envelopes. */
const takeaway: Layout = (chance) => {
  const { shop, day, clock, dishes, sum } = billOf(chance)
  const [box, ride, red] = [chance.int(1, 6) * 100, chance.int(2, 9) * 100, chance.int(2, 12) * 50]
  const paid = sum + box + ride - red
  return screen(
    chance,
    centred('订单已完成', 'font-size:44px;margin:30px 0') +
      card(
        `<b>${shop}</b>` +
          dishes
            .map(({ name, count, price_fen }) => ends(`${name} ×${count}`, `¥${plain(count * price_fen)}`))
            .join('') +
          ends('包装费', `¥${plain(box)}`) +
          ends('配送费', `¥${plain(ride)}`) +
          ends('红包', `-¥${plain(red)}`, 'color:#e4393c') +
          ends('', `已优惠¥${plain(red)}　实付 <b style="font-size:40px">¥${plain(paid)}</b>`),
      ) +
      card(ends('下单时间', `${day} ${clock}`) + ends('订单号', chance.digits(18)) + ends('支付方式', '在线支付')),
    paid,
  )
}

/** An order that waits for its payment. */
const unpaid: Layout = (chance) => {
  const { shop, sum, off, paid } = billOf(chance)
  const [title, button] = chance.of<[string, string]>([
    ['确认订单', '提交订单'],
    ['收银台', '立即支付'],
    ['订单待支付', '去支付'],
  ])
  return screen(
    chance,
    centred(title, 'font-size:42px;margin-top:30px') +
      centred(`¥${plain(paid)}`, big) +
      card(
        ends(shop, '') +
          ends('商品金额', `¥${plain(sum)}`) +
          ends('优惠', `-¥${plain(off)}`) +
          ends('应付', `¥${plain(paid)}`),
      ) +
      card('微信支付<br>支付宝<br>云闪付') +
      centred(`${button} ¥${plain(paid)}`, 'background:#fa6a20;color:#fff;border-radius:40px;margin:60px;padding:20px'),
    null,
  )
}

/** A refund that arrived. */
const refund: Layout = (chance) => {
  const { shop, day, clock, paid } = billOf(chance)
  return screen(
    chance,
    centred(chance.of(['退款成功', '退款到账通知']), 'font-size:42px;margin-top:60px') +
      centred(`${chance.of(['+', ''])}${plain(paid)}`, big) +
      card(
        ends('商户', shop) +
          ends('退款金额', `¥${plain(paid)}`) +
          ends('退款时间', `${day} ${clock}`) +
          ends('退回至', '零钱'),
      ),
    null,
  )
}

/** A list of many payments. */
const billList: Layout = (chance) => {
  const rows = Array.from({ length: 7 }, () => {
    const { shop, day, clock, paid } = billOf(chance)
    return ends(`${shop}<br><small>${day.slice(5)} ${clock}</small>`, `-${plain(paid)}`, 'margin:22px 0')
  })
  return screen(
    chance,
    centred('账单', 'font-size:40px') + ends('2026年11月', '支出 ¥2,318.40') + card(rows.join('')),
    null,
  )
}

/** A wallet's balance: nothing was bought. */
const balance: Layout = (chance) =>
  screen(
    chance,
    centred('我的零钱', 'font-size:40px;margin-top:120px') +
      centred(`¥${grouped(chance.int(3_000, 900_000))}`, big) +
      card(ends('充值', '›') + ends('提现', '›') + ends('零钱通 收益率 1.62%', '›')),
    null,
  )

/** A group voucher that was bought. */
const groupBuy: Layout = (chance) => {
  const { shop, day, clock, paid } = billOf(chance, { areRound: false })
  const worth = Math.ceil(paid / 70) * 100
  return screen(
    chance,
    centred('交易成功', 'font-size:40px;margin-top:30px') +
      card(`<b>${shop} ${dishesOf(chance)[0]}双人餐</b>${ends('数量', 'x1')}${ends('门市价', `¥${plain(worth)}`)}`) +
      card(
        ends('订单总价', `¥${plain(worth)}`) +
          ends('团购优惠', `-¥${plain(worth - paid)}`) +
          ends('实付金额', `<b style="font-size:40px">¥${plain(paid)}</b>`),
      ) +
      card(ends('付款时间', `${day} ${clock}:40`) + ends('订单编号', chance.digits(16))),
    paid,
  )
}

export const screenLayouts: Readonly<Record<string, Layout>> = {
  'paid-page': paidPage,
  takeaway,
  'unpaid-order': unpaid,
  'refund-page': refund,
  'bill-list': billList,
  balance,
  'group-buy': groupBuy,
}
