import encodeQR from 'qr'
import { billOf, dishesOf, inWords, plain } from './bill.ts'
import { centred, columns, ends, type Layout } from './layout.ts'

/** An invoice form with print that runs down its side, tax beside every row, and the total above other lines. */
function invoice(hasCode: boolean): Layout {
  return (chance) => {
    const { day, shop } = billOf(chance)
    const rows = dishesOf(chance)
      .slice(0, chance.int(2, 6))
      .map((name) => {
        const net = chance.int(2_000, 90_000)
        return { name, net, tax: Math.round(net * 0.06) }
      })
    const net = rows.reduce((total, row) => total + row.net, 0)
    const tax = rows.reduce((total, row) => total + row.tax, 0)
    const number = chance.digits(20)
    const text = `01,32,,${number},${plain(net + tax)},${day.replaceAll('-', '')},,${chance.digits(4)}`
    const code = hasCode
      ? `<div style="width:150px;background:#fff">${encodeQR(text, 'svg').replace('<svg', '<svg width="150" height="150"')}</div>`
      : ''
    const side = `<div style="position:absolute;right:-34px;top:180px;writing-mode:vertical-rl;font-size:20px">第二联：报销凭证（购买方留存备查）</div>`
    return {
      html: `<div style="position:relative;border:2px solid #7a4a12;padding:16px">${side}
        <div style="display:flex;justify-content:space-between">${code}<div style="flex:1">${centred('电子发票（普通发票）', 'font-size:38px;color:#7a4a12')}</div>
        <div style="font-size:22px">发票号码：${hasCode ? number : number.slice(0, 8)}<br>开票日期：${day.replace('-', '年').replace('-', '月')}日</div></div>
        ${ends(`名称：个人`, `名称：${shop}餐饮管理有限公司`, 'border:1px solid #7a4a12;padding:8px')}
        ${columns(
          [
            ['项目名称', '数量', '金额', '税率', '税额'],
            ...rows.map((row) => [`*餐饮服务*${row.name}`, '1', plain(row.net), '6%', plain(row.tax)]),
            ['合　　计', '', `¥${plain(net)}`, '', `¥${plain(tax)}`],
          ],
          [40, 10, 20, 10, 20],
          'font-size:24px',
        )}
        ${ends(`价税合计（大写）　${inWords(net + tax, '圆')}`, `（小写）¥${plain(net + tax)}`, 'border:1px solid #7a4a12;padding:8px')}
        ${ends(`备注：桌号 ${chance.int(1, 60)}`, '开票人：何')}</div>`,
      css: '.paper{padding-right:60px}',
      paid: net + tax,
      width: 1_150,

      material: 'paper',
    }
  }
}

/** A roll invoice: the sum in figures and in words, in a narrow column. */
const roll: Layout = (chance) => {
  const { shop, day, dishes, sum } = billOf(chance)
  return {
    html:
      centred('通用机打发票', 'font-size:36px;color:#8a2a20') +
      centred('发票联', 'letter-spacing:24px;color:#8a2a20') +
      `<div>发票代码 1${chance.digits(11)}</div><div>发票号码 ${chance.digits(8)}</div><div>开票日期 ${day}</div><div>收款单位 ${shop}</div>` +
      columns(
        [['项目', '单价', '金额'], ...dishes.map((d) => [d.name, plain(d.price_fen), plain(d.count * d.price_fen)])],
        [46, 27, 27],
      ) +
      `<div style="margin-top:12px">金额合计(小写)：<span class="dots">¥${plain(sum)}</span></div><div>金额合计(大写)：${inWords(sum, '圆')}</div><div>税控码 ${chance.digits(4)} ${chance.digits(4)}</div>`,
    paid: sum,
    width: 520,

    material: 'paper',
  }
}

export const formLayouts: Readonly<Record<string, Layout>> = {
  'invoice-with-code': invoice(true),
  'invoice-without-code': invoice(false),
  roll,
}
