import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { isWitnessed, type Witness } from '../../../src/receipts/reading/evidence.ts'
import type { ReceiptKind } from '../../../src/receipts/reading/kind.ts'
import { readLabels } from '../../../src/receipts/reading/labels.ts'
import { findMoney } from '../../../src/receipts/reading/money.ts'
import { normalise } from '../../../src/receipts/reading/normalise.ts'
import { linesOf } from '../../support/lines.ts'

const amountOf = (text: string): number | null => readLabels(linesOf(text)).amount.fen

// biome-ignore format: a table
const receipts: [text: string, fen: number | null][] = [
  ['应收|130.00\n实收|150.00\n找零|20.00',13000],
  ['合计|127.80\n现金|150.00\n找零|22.20',12780],
  ['消费金额|300.00\n优惠金额|30.00\n应收金额|270.00\n微信支付|270.00',27000],
  ['合计：5|127.80\n会员卡余额|500.00',12780],
  ['数量合计:5|金额合计:128.00',12800],
  ['应收|优惠|实收\n100.00|10.00|90.00',9000],
  ['应收金额|实收金额|找零\n88.00|100.00|12.00',8800],
  ['小计|100\n服务费|10\n合计|110',11000],
  ['合计 128元',12800],
  ['原价 ¥96.00|优惠 ¥7.50\n实付 ¥88.50',8850],
  ['支付成功\n^¥88.50\n完成',8850],
  ['支付成功\n^88.50元\n完成',8850],
  ['中国银联\n^-1,288.00\n交易成功',128800],
  ['账户余额\n^¥3,866.20',null],
  ['可用余额（元）\n^3,866.20\n今日支出|-20.00',null],
  ['宫保鸡丁|38.00\n米饭|2.00\n酸梅汤|8.00\n48.00',4800],
  ['宫保鸡丁|38.00\n米饭|2.00',null],
  ['总计|￥ 1,234.50\n已开票金额|0.00\n可开票金额|1234.50',123450],
  ['微信支付|100.00\n会员卡支付|27.80\n合计|127.80',12780],
  ['实收：微信|88.00',8800],
  ['Subtotal|100.00\nTax|6.00\nTotal|106.00\nCash|120.00\nChange|14.00',10600],
  ['TOTAL DUE|¥56.00',5600],
  ['Total|45.00\nTip|\nVISA|45.00',4500],
  ['押金|200.00\n消费合计|156.00\n退押金|44.00\n实收|156.00',15600],
  ['定金|100.00\n合计|500.00\n实付|400.00',40000],
  ['应付：￥56.8元',5680],
  ['实 付 金 额 ： ５６．８０',5680],
  ['合计l27.80',12780],
  ['合计 1O0.00',10000],
  ['合计|127。80',12780],
  ['合计|127,80',12780],
  ['合计|1,127.80',112780],
  ['人均|45.00\n合计|90.00',9000],
  ['共2件商品 合计：¥35.80\n优惠 ¥5.00\n实付款 ¥30.80',3080],
  ['商品总价|¥128.00\n店铺优惠|-¥10.00\n实付款|¥118.00\n已退款|¥20.00',11800],
  ['储值卡支付|88.00\n卡余额|412.00\n合计|88.00',8800],
  ['车票\n2026年11月18日 09:00开\n￥553.0元|二等座', 55300],
  ['通用定额发票\n壹佰元\n￥100.00', 10000],
  ['菜品金额|268.00\n茶位费|12.00\n纸巾|4.00\n应收金额|284.00\n现金|300.00\n找零|16.00', 28400],
  ['充值金额|500.00\n赠送金额|50.00\n账户余额|550.00',null],
  ['原价|￥50.00\n折扣(8.8折)|￥6.00\n折后价|￥44.00',4400],
  ['总额:|258.00\n折扣:|-25.80\n舍零:|-0.20\n应付:|232.00\n支付宝:|232.00',23200],
  ['结账单\n消费|258.00\n折让|8.00\n净额|250.00',25000],
  ['单价|数量|金额\n38.00|1|38.00\n22.00|2|44.00\n合计|3|82.00',8200],
  ['合计金额(小写)|¥320.00\n合计金额(大写)|叁佰贰拾元整',32000],
  ['价税合计（大写）叁佰元整（小写）¥300.00\n税额|16.98\n合计|283.02',30000],
  ['WeChat Pay|¥ 68.00\nAmount Paid|¥68.00',6800],
  ['团购价 ¥99.00|门市价 ¥168.00\n实付 ¥99.00',9900],
  ['美团团购券|-100.00\n合计|156.00\n实收|56.00',5600],
  ['总计:￥66.00 优惠:￥6.00 实收:￥60.00',6000],
  ['本单消费：66元，余额：134元',6600],
  ['已付金额66.00',6600],
  ['消费时间 2026-11-18 12:00\n消费金额 66.00',6600],
  ['订单金额|¥66.00\n红包|-¥6.00\n需付款|¥60.00',6000],
  ['现金：100.00\n找零：34.00',6600],
  ['应收:66.00 实收:100.00 找零:34.00',6600],
  ['合计:66.00\n抹零:0.00\n实收:66.00',6600],
  ['实收|0.00\n合计|66.00\n会员卡|66.00',6600],
  ['应收|66.00\n实收|',6600],
  ['实付金额|\n66.00',6600],
  ['合计(含税)|66.00',6600],
  ['总消费 ￥66',6600],
  ['付款金额\n^￥66.00',6600],
  ['向商家付款\n^66.00\n元',null],
  ['消费合计|88.0\n',8800],
  ['合计|¥66.00起',6600],
  ['餐费|58.00\n茶位费|8.00\n总计|66.00',6600],
  ['满100减20|-20.00\n满减后合计|80.00',8000],
  ['原价100元现价80元\n实付80元',8000],
  ['积分抵扣|-6.00\n实付|60.00\n本次积分|60',6000],
  ['银联POS\n消费\n金额：RMB 66.00',6600],
  ['TRANS TYPE: SALE\nAMOUNT: RMB 1,066.00',106600],
  ['收款金额（元）\n^66.00',6600],
  ['商品金额|60.00\n配送费|6.00\n实付|66.00',6600],
  ['应付合计|66.00\n支付方式|微信\n微信支付|66.00',6600],
  ['合计|应收|66.00',6600],
  ['折前|80.00\n折扣|14.00\n合计|66.00',6600],
  ['店铺券|14.00\n合计|80.00\n实际支付|66.00',6600],
  ['小计|66.00',6600],
  ['待支付|66.00', null],
  ['商品小计|58.00\n打包费|2.00\n配送费|4.00\n红包|-5.00\n实付|59.00',5900],
  ['特惠优惠套餐|1|38.00\n可乐|1|5.00\n合计|43.00',4300],
  ['-88.50\n-12.00\n-30.00',null],
  ['应付金额|￥268.00\n会员优惠|￥-26.80\n实付金额|￥241.20\n支付宝|￥241.20\n会员余额|￥58.80',24120],
  ['发票金额|268.00',null],
  ['合計|HK$268.00\n收現金|$300.00\n找續|$32.00',26800],
  ['Balance Due|0.00\nTotal|45.60\nMASTERCARD|45.60',4560],
  ['总价（元）：45.6',4560],
  ['本次消费：￥45.60|本次余额：￥154.40',4560],
  ['金额|45.60\n手续费|0.00\n交易成功',4560],
  ['实付¥45.60(已优惠¥10.00)',4560],
  ['合计 共4件 ¥45.60',4560],
  ['支付金额|CNY 45.60',4560],
  ['折扣合计|-5.00\n应收合计|45.60',4560],
  ['总|计|45.60',4560],
  ['应|付|金|额|45.60',4560],
  ['合计45.6O',4560],
  ['总计|4S.60',null],
  ['消费金额:198.00元\n优惠金额:18.00元\n实付金额:180.00元',18000],
  ['实收 180.00 找零 0.00',18000],
  ['12:30|5G 80%\n付款成功\n^¥88|.50', 8850],
  ['12:30|5G 80%\n付款成功\n^¥88.|.50', 8850],
  ['原价|141.00\n优惠|12.40', null],
  ['退款\n^+88.50', null],
  ['台计|45.60', 4560],
  ['买付金额|45.60\n原价|50.00', 4560],
  ['项目|单价|数量|小计\n红糖糍粑\n70|1|70\n白切鸡|57|1|57\n数量:2|合计:127\n已开票金额|0.00', 12700],
  ['2026-11-18 12:46\n13800138000\n99.50',null],
  ['消费合计|246.00\n抹零|-5.00\n实收|241.00\n团购券|100.00\n微信支付|141.00', 24100],
  ['合计|326.00\n优惠|-38.00\n客付|288.00', 28800],
  ['GRAND AHOUNT|RM45.60\nVISA|45.60', 4560],
  ['Subtotal|40.00\nService Charge|4.00\nTatal|44.00', 4400],
  ['票价：￥77.50元|二等座', 7750],
  ['金额|T187.00', 18700],
  ['車號|B T1774\n金额|38.00元', 3800],
  ['合計|MOP268.00', 26800],
  ['合計|HK$268.00\n八達通|268.00', 26800],
  ['单价|2.40元\n金额|¥3800元\n燃油附加费|0.00元', null],
  ['实收|3800元', null],
  ['实收|380元', 38000],
  ['消费合计|964.02\n实收合计|4964.02\n支付宝|964.02', 96402],
  ['合计|142.00\n现金|100.00\n微信支付|42.00', 14200],
  ['项目|金额\n炖牛腩饭|53.60\n卤蛋|24.00\n合计金额(小写)|177.60\n合计金额(大写)|柒拾柒圆陆角整', 7760],
  ['人民币(大写)|壹佰贰拾捌元整|¥V28.OO', 12800],
  ['合计(大写)叁佰贰拾元整', 32000],
  ['合计|¥5171.60|¥310.29\n价税合计(大写)|伍仟肆佰捌拾壹圆捌角玖分|(小写)|¥5481.89', 548189],
  ['小计|476.00\n服务费|47.60\n合计|523.60\n折后实付|471.24', 47124],
  ['消费前余额|2480.00\n本次消费|269.00\n卡内余额|2211.00\n本次积分|269', 26900],
  ['合计|128.00\n总计|182.00', null],
  ['合计|156.00\n优惠|-28.00\n谢谢惠顾', null],
  ['应收|156.00\n优惠|28.00', null],
  ['优惠|-28.00\n合计|128.00', 12800],
  ['Sub Total|80.90\nGST 6%|4.85', null],
  ['合计|127.80\n实收|150.00', null],
  ['合计|100.00\n服务费|10.00\n实收|110.00', 11000],
  ['我的零钱\n^¥7,076.79\n充值\n提现', null],
  ['取餐码\n^220\n茉莉轻乳茶|¥24.00\n优惠券|-¥3.00\n共1件商品|合计 ¥21.00', 2100],
  ['金额(AMOUNT):\nRMB 1,268.00\n备注:\n交易金额未超过1000元,免密免签', 126800],
  ['收据\n交款单位 张三|现金\n人民币(大写) 贰佰捌抬肆圆整|￥284.00\n收款事由 酒席款', 28400],
  ['收款收据\n今收到 李女士\n人民币 武佰捌拾肆圆整|￥284.00', 28400],
  ['收据\n￥284.00|￥248.00', null],
  ['合计|284.00\n合计(大写)|贰佰|捌拾肆元整', 28400],
  ['合计|284.00\n合计(大写)|贰佰捌拾\n肆元整', 28400],
  ['合计(大写)|贰值捌拾肆元整', null],
  ['鱼香肉丝|¥38.00 ¥32\n宫保鸡丁|¥38\n打包费|¥1\n满减优惠|-¥8\n美食红包|-¥3\n已优惠¥11 实付¥60', 6000],
  ['付款详情\n^¥300.91\n订单信息|四季小馆\n付款方式|储蓄卡', null],
  ['双人餐|¥69.00\n商品总价|¥69.00\n平台优惠|-¥10.00\n实付金额', null],
  ['锅底|68.00\n毛肚|264.00\n消费金额|332.00\n代金券\n总计|232.00', null],
  ['总金额|767.40\n菜品9折|-58.54', null],
  ['总金额|767.40\n菜品9折|-58.54\n应收|708.86', 70886],
  ['团购券|100.00\n微信支付|141.00', null],
  ['消费合计|246.00\n抹零|-5.00\n实收\n团购券|100.00\n微信支付|141.00', null],
  ['锅底|68.00\n毛肚|264.00\n消费金额|332.00\n代金券|-100.00\n谢谢光临', null],
  ['小计|476.00\n服务费|47.60\n合计|523.60\n折后实付\n谢谢光临', null],
  ['牛肉面|28\n米饭|3\n合计|31元\n已付', 3100],
  ['合计|326.00\n优惠|-38.00\n客付|188.00', null],
  ['银联POS签购单\n授权码:892706\n金额:RMB 1642.00\n持卡人签名:', null],
  ['银联POS签购单\n交易类型:消费\n金额:RMB 1642.00\n持卡人签名:', 164200],
  ['付款成功\n^¥58.50\n原价|¥96.00\n优惠|-¥7.50', 5850],
  ['葡国鸡|260.00\n蛋挞|30.00\n合计|290.00\n服务费10%|29.00', null],
  ['鱼香肉丝|￥89.50\n总计￥89.50 优惠￥6.00', null],
  ['Salad|68.00\nRibeye|500.00\nSubtotal|568.00\n56.80\nTota1 Due|CNY 624.80', 62480],
  ['应收|162.00\n现金|400.00\n找零|38.00', null],
  ['牛肉面|22.00\n米饭|3.00\n总金额|-2.59', null],
  ['128.00\n消费合计|4168.00\n实收合计\n800.00\n刷卡\n谢谢光临', null],
  ['付款详情\n^¥300.91\n订单信息|四季小馆\n付款时间|2026-11-18 12:46:30', 30091],
  ['四季小馆\n预结单\n消费金额|332.00\n代金券|-100.00\n总计|232.00', 23200],
  ['酸梅汤|¥12.50\n宫保鸡丁|¥38\n米饭|¥3\n支付成功 实付¥54', 5400],
]

test.each(receipts)('the receipt %j is read as %p fen', (text, fen) => {
  expect(amountOf(text)).toBe(fen)
})

// biome-ignore format: a table
const writtenAmounts: [text: string, fen: number[]][] = [
  ['￥ 471.24', [47124]], ['-1,203.45', [120345]], ['-￥18.00', [1800]], ['¥-7.50', [750]], ['1,080.00', [108000]], ['1.080.00', [108000]],
  ['９８．００', [9800]], ['128元', [12800]], ['100.5元', [10050]], ['RMB 1,234.5', [123450]], ['CNY 45.60', [4560]], ['127。80', [12780]],
  ['127，80', [12780]], ['l27.80', [12780]], ['1OO.5O', [10050]], ['127. 80', [12780]], ['¥127:80', [12780]], ['Y88.50', [8850]],
  ['138****6.88', []], ['1.25斤', []], ['0126.35.88', []], ['2026.11.12', []], ['88.50-2', []], ['0755-8888.6666', []], ['12:46', []],
  ['2026-11-0914:05', []], ['4200002619202611188850123456', []], ['3人', []], ['88%', []], ['128.00g', []], ['8.8折', []], ['No.88', []], ['桌号: 88', []],
]

test.each(writtenAmounts)('the amounts found in %j are %j', (text, fen) => {
  expect(findMoney(normalise(text)).map((money) => money.fen)).toEqual(fen)
})

const fenOf = fc.integer({ min: 1, max: 999_999 })
const plain = (fen: number): string => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`
const grouped = (fen: number): string => plain(fen).replace(/\B(?=(\d{3})+\.)/g, ',')
const fullWidth = (fen: number): string =>
  plain(fen).replace(/[\d.]/g, (c) => String.fromCodePoint((c.codePointAt(0) ?? 0) + 0xfee0))
const styleOf = fc.constantFrom(
  plain,
  grouped,
  fullWidth,
  (fen: number) => `¥${plain(fen)}`,
  (fen: number) => `￥ ${grouped(fen)}`,
  (fen: number) => `${plain(fen)}元`,
  (fen: number) => `RMB ${grouped(fen)}`,
)
const paidLabel = fc.constantFrom('实付', '实收金额', '实 付 款', '支付金额：', '折后实付', '應付金額', 'Amount Paid:')

test('an amount beside its label is read to the fen, however it is written', () => {
  fc.assert(
    fc.property(fenOf, styleOf, paidLabel, fc.constantFrom('|', ' ', '\n'), (fen, style, label, gap) => {
      expect(amountOf(`${label}${gap}${style(fen)}`)).toBe(fen)
    }),
  )
})

test('the bill after the discount is what was paid, whether it is printed before or after it', () => {
  const labels = fc.record({
    bill: fc.constantFrom('合计', '小计', '消费金额', '原价'),
    less: fc.constantFrom('优惠', '代金券', '会员折扣', 'Discount'),
    due: fc.constantFrom('应收', '应付', '折后', '总计', '实收'),
  })
  fc.assert(
    fc.property(
      fc.integer({ min: 200, max: 999_999 }),
      fc.integer({ min: 1, max: 99 }),
      labels,
      (bill, percent, { bill: billLabel, less, due }) => {
        const discount = Math.max(1, Math.floor((bill * percent) / 100))
        const paid = bill - discount
        fc.pre(paid !== discount)
        expect(amountOf(`${billLabel}|${plain(bill)}\n${less}|-${plain(discount)}\n${due}|${plain(paid)}`)).toBe(paid)
      },
    ),
  )
})

test('cash and change don’t pass for the bill', () => {
  fc.assert(
    fc.property(
      fenOf,
      fc.integer({ min: 1, max: 9999 }),
      fc.constantFrom('合计', '应收', 'Total'),
      fc.constantFrom('现金', '实收', '收款', 'Cash'),
      (bill, change, billLabel, cashLabel) => {
        fc.pre(bill !== change)
        expect(
          amountOf(`${billLabel}|${plain(bill)}\n${cashLabel}|${plain(bill + change)}\n找零|${plain(change)}`),
        ).toBe(bill)
      },
    ),
  )
})

test('the order in which lines were found does not change the reading', () => {
  const lines = linesOf('老王川菜馆\n时间：2026-11-18 12:46\n小计|142.00\n优惠|-14.20\n实付|127.80\n单号|20261118')
  const expected = readLabels(lines)
  fc.assert(
    fc.property(fc.shuffledSubarray(lines, { minLength: lines.length }), (shuffled) => {
      expect(readLabels(shuffled)).toEqual(expected)
    }),
  )
})

test('any text at all gives a reading within its bounds', () => {
  const word = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('合计', '实付', '¥', '1,2.3', '找零', '优惠', '-', '12:30', '.', '0.00', '99999999.99'),
  )
  fc.assert(
    fc.property(
      fc
        .array(
          fc.array(word, { maxLength: 4 }).map((words) => words.join('|')),
          { maxLength: 8 },
        )
        .map((rows) => rows.join('\n')),
      (text) => {
        const amount_fen = readLabels(linesOf(text)).amount.fen
        expect(
          amount_fen === null || (Number.isSafeInteger(amount_fen) && amount_fen > 0 && amount_fen < 100_000_000),
        ).toBeTrue()
      },
    ),
  )
})

// biome-ignore format: a table
const times: [text: string, time: string | null][] = [
  ['时间:2026-11-18 12:46:30', '2026-11-18T12:46:30'], ['支付时间|2026年11月18日12:46:30', '2026-11-18T12:46:30'], ['日期：2026-11-0914:05', '2026-11-09T14:05:00'],
  ['2026/1/9 8:05', '2026-01-09T08:05:00'], ['日期：2026.11.12|20:35', '2026-11-12T20:35:00'], ['Date: 18/11/2026|20:15', '2026-11-18T20:15:00'], ['2026-11-10', '2026-11-10T00:00:00'],
  ['开台:2026/11/15 17:58\n结账:2026/11/15 21:08', '2026-11-15T21:08:00'], ['下单时间 2026-11-15 17:58\n支付时间 2026-11-15 18:01', '2026-11-15T18:01:00'],
  ['2026-13-40 12:00', null], ['12:46', null], ['单号:202611180036', null], ['有效期至 2027-01-01\n支付时间 2026-11-15 18:01', '2026-11-15T18:01:00'],
]

test.each(times)('the time of payment in %j is %p', (text, time) => {
  expect(readLabels(linesOf(text)).paidAt).toBe(time)
})

// biome-ignore format: a table
const numbers: [text: string, number: string | null][] = [
  ['单号：202611180036', '202611180036'], ['單号：88.50-2', '88.50-2'], ['交易单号|4200002619202611188850123456\n商户单号|1000039920261118124630', '4200002619202611188850123456'],
  ['订单号码|3042118850202611 16', '304211885020261116'], ['Check No: 56960601|Table 4', '56960601'], ['桌号:A12', null], ['取餐号0388', null], ['账单号 AB-10082', 'AB-10082'], ['订单号 12345678\n发票号码:26312000000123456789', '26312000000123456789'],
]

test.each(numbers)('the number in %j is %p', (text, number) => {
  expect(readLabels(linesOf(text)).receiptNumber).toBe(number)
})

// biome-ignore format: a table
const merchants: [text: string, name: string | null][] = [
  ['^老王川菜馆\n结账单\n桌号:A12|人数:4', '老王川菜馆'], ['12:46|5G 88%\n支付成功\n湘味小厨 (中关村店)\n^￥88.50', '湘味小厨(中关村店)'], ['账单\n^-56.00\n商户全称|绿茶餐厅有限公司', '绿茶餐厅有限公司'],
  ['全部账单\n扫二维码付款-给胖哥俩肉蟹煲\n^-88.00', '胖哥俩肉蟹煲'], ['^Lost Heaven\nRestaurant & Bar', 'Lost Heaven'], ['2026-11-18\n128.00', null],
]

test.each(merchants)('the restaurant in %j is %p', (text, name) => {
  expect(readLabels(linesOf(text)).merchantName).toBe(name)
})

// biome-ignore format: a table
const kinds: [text: string, kind: ReceiptKind][] = [
  ['老王川菜馆\n合计|66.00\n实收|66.00', 'receipt'], ['支付成功\n^¥88.50\n查看退款规则', 'receipt'], ['订单已完成\n实付|¥44.60\n申请退款', 'receipt'],
  ['POS签购单\n交易类型|预授权完成\n金额|RMB 800.00', 'receipt'], ['退款凭证\n原交易金额|168.00\n退款金额|-168.00', 'refund'],
  ['签购单\n交易类型(TRANS TYPE):退货/REFUND\n金额|RMB 66.00', 'refund'], ['交易类型 VOID\nAMOUNT|RMB 66.00', 'refund'], ['退款\n^+88.50', 'refund'],
  ['四季小馆\n^+123.15\n退款方式|退回零钱\n退款时间|2026-11-18 12:46', 'refund'], ['商户存根\n原凭证号: 577808\n金额: RMB 594.67', 'refund'],
  ['银联商务\n交易类型: 消费撒销\n金额: RMB 594.67', 'refund'], ['POS签购单\n交易类型:\n撤消\n金额: RMB 594.67', 'refund'], ['签购单\n终端号 12345678\n消费|SALE\n金额: RMB -594.67', 'refund'],
  ['请输入支付密码\n四季小馆\n^¥68.42\n付款方式|零钱', 'unpaid'], ['合计|71.00\n请扫码付款', 'unpaid'], ['合计|71.00\n支付宝|71.00\n请扫码开票', 'receipt'],
  ['商品|¥66.00\n已全额退款\n实付|¥66.00', 'refund'], ['支付订单\n^¥86.00\n订单状态|待支付\n确认支付¥86.00', 'unpaid'], ['收银台\n^¥86.00\n立即支付', 'unpaid'],
  ['交易类型\n预授权|PRE-AUTH\n金额AMOUNT\nRMB 800.00', 'unpaid'], ['合计|66.00\n请在15分钟内完成支付', 'unpaid'], ['交易关闭\n^¥66.00', 'unpaid'],
  ['账单\n甲店 11-03 12:20|-56.00\n乙店 11-04 18:01|-31.50\n丙店 11-05 19:33|-88.00', 'several'],
  ['账单\n2026年5月\n支出¥3,211.10 收入¥500.00\n甲店|-38.00\n5月3日 12:11', 'several'], ['单号11246017|单号02088764\n米饭|3.00\n合计|81.00\n实收|81.00', 'several'],
  ['单号 11246017\n合计|81.00\n实收|81.00\n四季小馆\n单号 02088764', 'several'], ['单号 11246017\n合计|81.00\n顾客联\n单号 11246017\n实收|81.00', 'receipt'],
  ['菜单\n鱼香肉丝|38元\n米饭|2元', 'not_a_receipt'], ['我的零钱\n^¥7,076.79\n充值', 'not_a_receipt'], ['本店招聘服务员两名', 'not_a_receipt'], ['充值成功\n^¥500.00\n到账金额|550.00', 'not_a_receipt'], ['报价单\n桌椅|1200.00\n合计|1200.00', 'not_a_receipt'],
]

test.each(kinds)('the picture %j is of the kind %j', (text, kind) => {
  const read = readLabels(linesOf(text))
  expect(read.kind).toBe(kind)
  if (kind !== 'receipt') expect(read.amount.fen).toBeNull()
})

// biome-ignore format: a table
const evidence: [text: string, witnesses: Witness[]][] = [
  ['实收|66.00', ['label']], ['应收|66.00\n实收|66.00', ['label', 'repeated']], ['合计|80.00\n优惠|-14.00\n实付|66.00', ['label', 'difference']],
  ['鱼|58.00\n茶位费|8.00\n实收|66.00', ['label', 'sum']], ['实收|66.00\n团购券|50.00\n微信支付|16.00', ['label', 'parts']],
  ['实收|66.00\n大写|陆拾陆元整', ['label', 'words']], ['鱼|¥38\n肉|¥33\n满减|-¥8\n红包|-¥3\n已优惠|¥11\n实付|¥60', ['label', 'sum']],
]

test.each(evidence)('what speaks for the amount of %j is %j', (text, witnesses) => {
  const { amount } = readLabels(linesOf(text))
  expect(amount.witnesses).toEqual(witnesses)
  expect(isWitnessed(amount.witnesses)).toBe(witnesses.length > 1)
})
