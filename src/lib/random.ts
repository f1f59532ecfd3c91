import { randomInt } from 'node:crypto'

/** 32 digits and letters. Without 0, 1, I and O, which people misread. */
export const unambiguous = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

/** `length` characters of that alphabet, each 5 unbiased bits from the system's generator. */
export function randomCode(length: number): string {
  let code = ''
  for (const byte of crypto.getRandomValues(new Uint8Array(length))) code += unambiguous[byte & 31]
  return code
}

/** How long a moment lasts in which ids begin alike. */
const idMoment_ms = 8_000
const momentLength = 6

/**
 * A public id such as `EX_7KQ2…`: behind its prefix the moment in 30 bits, then random characters of 5 bits each. New rows
 * so come to the same few pages of each index, however large the table is (as in RFC 9562, section 5.7). Nothing relies
 * on the order.
 */
export function newId(prefix: string, randomLength = 10, now_ms = Date.now()): string {
  return `${prefix}_${inAlphabet(Math.floor(now_ms / idMoment_ms), momentLength)}${randomCode(randomLength)}`
}

/** An integer in that alphabet, so that a greater one sorts after it. */
function inAlphabet(value: number, length: number): string {
  let text = ''
  for (let left = value; text.length < length; left = Math.floor(left / 32)) text = unambiguous[left % 32] + text
  return text
}

/** `digits` decimal digits, each equally likely. */
export function randomDigits(digits: number): string {
  return String(randomInt(10 ** digits)).padStart(digits, '0')
}

/** `count` integers, uniform in [0, bound), from the system's generator without modulo bias. */
export function randomInts(count: number, bound: number): number[] {
  return Array.from({ length: count }, () => randomInt(bound))
}
