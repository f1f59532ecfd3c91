import type { ReadEvidence } from '../../src/receipts/reading/kept-reading.ts'
import type { Pages } from './pages.ts'
import { billOf, plain } from './pictures/bill.ts'
import { chanceOf } from './pictures/chance.ts'
import { centred, columns, dashes, ends } from './pictures/layout.ts'

interface PaperReceipt {
  image: Uint8Array<ArrayBuffer>
  paid_fen: number
  /** Where the total stands. */
  boxes: ReadEvidence['boxes']
}

const size = { width: 660, height: 980 }

/** A photo of a paper receipt on a table, which looks the same for the same seed, as a reviewer would see it. */
export async function paperReceipt(pages: Pages, seed: number, shop = '桂香小馆'): Promise<PaperReceipt> {
  const { day, clock, dishes, sum, off, paid } = billOf(chanceOf(seed))
  const rows = dishes.map(({ name, count, price_fen }) => [name, String(count), plain(count * price_fen)])
  const paper = [
    centred(shop, 'font-size:40px;font-weight:700'),
    ends(`流水号 ${day.replaceAll('-', '')}${seed}`, clock),
    dashes,
    columns([['菜名', '数量', '金额'], ...rows], [55, 18, 27]),
    dashes,
    ends('合计', plain(sum)),
    off > 0 ? ends('优惠', `-${plain(off)}`) : '',
    `<div class="ends" style="font-size:36px;font-weight:700"><span>实收</span><span id="total">${plain(paid)}</span></div>`,
    dashes,
    centred(`${day} 谢谢惠顾`),
  ].join('')
  const context = await pages.open({ viewport: size })
  const page = await context.newPage()
  await page.setContent(`<style>*{box-sizing:border-box}body{margin:0;height:100vh;background:linear-gradient(120deg,#7a614a,#54402f);
    font:30px/1.6 "Noto Sans CJK SC","WenQuanYi Zen Hei",sans-serif;color:#222}.ends{display:flex;justify-content:space-between}
    table{font-size:inherit}.paper{position:absolute;left:30px;top:60px;width:600px;padding:30px;background:#f4f1e9;
    box-shadow:8px 12px 30px #0008;transform:rotate(${(seed % 5) - 2}deg)}</style><div class="paper">${paper}</div>`)
  const total = await page.locator('#total').boundingBox()
  const image = new Uint8Array(await page.screenshot({ type: 'jpeg', quality: 75 }))
  await context.close()
  const { x = 0, y = 0, width = 0, height = 0 } = total ?? {}
  const box = { x: x / size.width, y: y / size.height, width: width / size.width, height: height / size.height }
  return { image, paid_fen: paid, boxes: [box] }
}
