import { randomInt } from 'node:crypto'

/** 32 digits and letters. Without 0, 1, I and O, which people misread. */
export const unambiguous = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

/** `length` characters of that alphabet, each 5 unbiased bits from the system's generator. */
export function randomCode(length: number): string {
  let code = ''
  for (const byte of crypto.getRandomValues(new Uint8Array(length))) code += unambiguous[byte & 31]
  return code
}

/** A public id such as `EX_7KQ2…`: 80 random bits behind its prefix. */
export function randomId(prefix: string): string {
  return `${prefix}_${randomCode(16)}`
}

/** `digits` decimal digits, each equally likely. */
export function randomDigits(digits: number): string {
  return String(randomInt(10 ** digits)).padStart(digits, '0')
}

/** `count` integers, uniform in [0, bound), from the system's generator without modulo bias. */
export function randomInts(count: number, bound: number): number[] {
  return Array.from({ length: count }, () => randomInt(bound))
}
