import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'

export { bytesToHex as toHex, concatBytes, sha256 }

export const hmacSha256 = (key: Uint8Array, message: Uint8Array) => hmac(sha256, key, message)

/** @throws for anything but hex, of 32 bytes unless another length is given. */
export function fromHex(text: string, length = 32): Uint8Array {
  const bytes = hexToBytes(text)
  if (bytes.length !== length) throw new Error(`${bytes.length} bytes instead of ${length}`)
  return bytes
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
}

/** Fields of canonical bytes. */
export const u8 = (value: number) => integer(value, 1)
export const u32 = (value: number) => integer(value, 4)
export const u64 = (value: number) => integer(value, 8)
/** In two's complement. */
export const i64 = (value: number) => (value < 0 ? u64(-value - 1).map((byte) => 255 - byte) : u64(value))
export const flag = (value: boolean) => u8(value ? 1 : 0)
export const text = (value: string) => utf8ToBytes(value)
export const hash = (value: string | null) => (value === null ? null : fromHex(value))

function integer(value: number, size: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0 || value >= 2 ** (8 * size))
    throw new Error(`${value} is no u${8 * size}`)
  const bytes = new Uint8Array(size)
  let left = value
  for (let at = size - 1; at >= 0; at -= 1) {
    bytes[at] = left % 256
    left = Math.floor(left / 256)
  }
  return bytes
}

/** A tag, then fields, each after its length in two bytes; a field that has no value has the length 65535 alone. */
export function canonical(tag: string, ...fields: (Uint8Array | null)[]): Uint8Array {
  const parts = fields.flatMap((field) => {
    if (field === null) return [Uint8Array.of(255, 255)]
    if (field.length >= 65_535) throw new Error('a field is too long')
    return [Uint8Array.of(field.length >> 8, field.length & 255), field]
  })
  return concatBytes(utf8ToBytes(tag), ...parts)
}
