/** A receipt of one restaurant: its rows, with columns divided by `|`, as `linesOf` takes them. */
export interface RestaurantReceipt {
  rows: string[]
  amount_fen: number
}

// biome-ignore format: a table
const menu: readonly (readonly [string, number])[] = [
  ['宫保鸡丁', 38], ['麻婆豆腐', 26], ['水煮鱼片', 68], ['鱼香肉丝', 36], ['回锅肉', 42], ['夫妻肺片', 39],
  ['口水鸡', 35], ['干煸四季豆', 28], ['蚂蚁上树', 24], ['辣子鸡', 58], ['酸菜鱼', 78], ['毛血旺', 66],
  ['担担面', 16], ['红油抄手', 18], ['米饭', 2], ['酸梅汤', 8], ['雪花啤酒', 10], ['王老吉', 6],
]
const lunches: readonly (readonly [string, number])[] = [
  ['双人套餐A', 128],
  ['单人午市套餐', 39],
]

/** Numbers that look random and are the same on every machine. */
function sequence(seed: number): (below: number) => number {
  let state = (Math.imul(seed, 2_654_435_761) ^ 0x9e3779b9) >>> 0
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x6d2b79f5) >>> 0
    const mixed = Math.imul(state ^ (state >>> 13), 3_266_489_917) >>> 0
    return ((mixed ^ (mixed >>> 16)) >>> 0) % below
  }
}

const two = (value: number) => String(value).padStart(2, '0')
const yuan = (fen: number) => (fen / 100).toFixed(2)

/**
 * Receipt number `index` of a busy restaurant: the same printer, menu and staff, over five days. A third are one of two
 * lunches, so that many have the same dishes, day and total and differ only in number, time and table.
 */
export function restaurantReceipt(index: number): RestaurantReceipt {
  const next = sequence(index + 1)
  const isLunch = next(3) === 0
  const dishes = isLunch
    ? [[...(lunches[next(lunches.length)] ?? (['', 0] as const)), 1] as const]
    : Array.from({ length: 2 + next(5) }, () => [...(menu[next(menu.length)] ?? ['米饭', 2]), 1 + next(2)] as const)
  const total_fen = dishes.reduce((sum, [, price, count]) => sum + Number(price) * Number(count) * 100, 0)
  const off_fen = !isLunch && next(4) === 0 ? 500 : 0
  const day = `2026-11-${two(21 + (index % 5))}`
  const hour = isLunch ? 11 + next(3) : 11 + next(10)
  const [minute, second] = [next(60), next(60)]
  const open = `${day} ${two(Math.max(10, hour - 1))}:${two(next(60))}`
  const paid = `${day} ${two(hour)}:${two(minute)}:${two(second)}`
  const number = `${day.replaceAll('-', '')}${String(1 + Math.floor(index / 5)).padStart(4, '0')}`
  const method = ['微信支付', '支付宝', '现金'][next(3)]
  const rows = [
    '^川味小馆(人民路店)',
    '结账单',
    `单号:${number}|桌号:${['A', 'B'][next(2)]}${two(1 + next(24))}`,
    `人数:${1 + next(6)}|服务员:${['小王', '小李', '阿芳'][next(3)]}`,
    `开台时间:${open}`,
    `结账时间:${paid}`,
    '品名|数量|金额',
    ...dishes.map(([name, price, count]) => `${name}|${count}|${yuan(Number(price) * Number(count) * 100)}`),
    `合计|${yuan(total_fen)}`,
    ...(off_fen > 0 ? [`优惠|-${yuan(off_fen)}`] : []),
    `实收|${yuan(total_fen - off_fen)}`,
    `${method}|${yuan(total_fen - off_fen)}`,
    '电话:021-63218888',
    '地址:上海市黄浦区人民路88号',
    '谢谢惠顾 欢迎再次光临',
  ]
  return { rows, amount_fen: total_fen - off_fen }
}
