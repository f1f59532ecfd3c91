import { yuanOf } from '../../../src/contract/money.ts'
import type { Chance } from './chance.ts'

export interface Dish {
  name: string
  count: number
  price_fen: number
}

/** A bill of a restaurant. All amounts are in fen. */
export interface Bill {
  shop: string
  day: string
  clock: string
  dishes: Dish[]
  sum: number
  off: number
  paid: number
}

// biome-ignore format: a table
const dishes = [
  '酸汤肥牛', '手撕包菜', '葱油拌面', '椒盐虾', '番茄蛋汤', '糖醋里脊', '小炒黄牛肉', '蒜蓉粉丝', '香菇滑鸡', '梅菜扣肉',
  '凉拌木耳', '三鲜锅贴', '老鸭煲', '扬州炒饭', '冰豆花', '柠檬茶', '鲜榨橙汁', '剁椒鱼头', '干锅花菜', '羊肉串',
] as const
// biome-ignore format: a table
const shops = [
  '沿河人家', '半亩田园菜', '阿婆小馆', '三味书屋餐厅', '渔舟码头', '榕树下私房菜', '一品鲜酒楼', '城南旧事面馆', '山里红饭店', '云上小厨',
] as const

export function dishesOf(chance: Chance): readonly string[] {
  return Array.from({ length: 8 }, () => chance.of(dishes))
}

/** Draws a bill of a few dishes. `areRound` prices have no fen. */
export function billOf(chance: Chance, { areRound = chance.happens(60) } = {}): Bill {
  const ordered = Array.from({ length: chance.int(2, 6) }, () => ({
    name: chance.of(dishes),
    count: chance.happens(30) ? chance.int(2, 4) : 1,
    price_fen: areRound ? chance.int(3, 138) * 100 : chance.int(30, 1_380) * 10 + chance.of([0, 5, 8]),
  }))
  const sum = ordered.reduce((total, { count, price_fen }) => total + count * price_fen, 0)
  const off = chance.happens(50) ? Math.max(100, Math.floor((sum * chance.int(3, 20)) / 10_000) * 100) : 0
  const date = `2026-${two(chance.int(1, 12))}-${two(chance.int(1, 28))}`
  return {
    shop: chance.of(shops),
    day: date,
    clock: `${two(chance.int(10, 21))}:${two(chance.int(0, 59))}`,
    dishes: ordered,
    sum,
    off,
    paid: sum - off,
  }
}

export const plain = yuanOf

/** With commas between thousands. */
export function grouped(fen: number): string {
  return yuanOf(fen).replace(/\B(?=(\d{3})+\.)/g, ',')
}

const figures = '零壹贰叁肆伍陆柒捌玖'
const units = ['', '拾', '佰', '仟', '万'] as const

/** As banks write amounts in words: 128.50 is 壹佰贰拾捌元伍角整. */
export function inWords(fen: number, yuan = '元'): string {
  const digits = String(Math.floor(fen / 100))
  const whole = [...digits]
    .map((digit, at) => (digit === '0' ? '零' : `${figures[Number(digit)]}${units[digits.length - 1 - at]}`))
    .join('')
    .replace(/零+/g, '零')
    .replace(/零$/, '')
  const [jiao, cents] = [Math.floor(fen / 10) % 10, fen % 10]
  const tenths = jiao > 0 ? `${figures[jiao]}角` : cents > 0 ? '零' : ''
  return `${whole}${yuan}${tenths}${cents > 0 ? `${figures[cents]}分` : '整'}`
}

export function two(value: number): string {
  return String(value).padStart(2, '0')
}
