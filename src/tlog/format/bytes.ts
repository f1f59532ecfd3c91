import { type Hash, leafTag, sha256 } from './tree.ts'

const lengthSize = 2
const hashSize = 32
/** No field is that long, so this length says that there is no value. */
const absent = 0xffff
const mostBytes = absent - 1
const wordSize = 2 ** 32

/** Buffers that nobody writes to now: making one costs more than writing a leaf. */
const spare: Buffer[] = []
const startSize = 512
const nothing = Buffer.alloc(0)

/**
 * Writes canonical bytes: a domain tag, then fields, each after its length (two bytes, big-endian). The same fields
 * give the same bytes in any language, and no other fields give them.
 */
export class CanonicalBytes {
  /** The tag of a tree's leaf, and then what is written. */
  #bytes = spare.pop() ?? Buffer.allocUnsafe(startSize)
  #length = 1

  /** @param tag ASCII; says what the bytes are, so that nothing else can be taken for them */
  constructor(tag: string) {
    this.#bytes[0] = leafTag
    this.#length += this.#bytes.write(tag, 1, 'latin1')
  }

  u8(value: number): this {
    this.#bytes[this.#integer(value, 1)] = value
    return this
  }

  u32(value: number): this {
    this.#word(value, this.#integer(value, 4))
    return this
  }

  u64(value: number): this {
    return this.#words(value, this.#integer(value, 8))
  }

  /** In two's complement. */
  i64(value: number): this {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no integer`)
    return this.#words(value, this.#field(8))
  }

  /** In UTF-8. */
  text(value: string): this {
    const size = Buffer.byteLength(value, 'utf8')
    const at = this.#field(size)
    this.#bytes.write(value, at, size, 'utf8')
    return this
  }

  bytes(value: Uint8Array): this {
    const at = this.#field(value.length)
    this.#bytes.set(value, at)
    return this
  }

  /** Hashes in hex, as one field. */
  hashes(...values: string[]): this {
    let at = this.#field(hashSize * values.length)
    for (const value of values) {
      if (this.#bytes.write(value, at, hashSize, 'hex') !== hashSize) throw new RangeError('a hash of 32 bytes')
      at += hashSize
    }
    return this
  }

  /** No value; not the same as 0 or an empty text. */
  none(): this {
    this.#makeRoom(lengthSize)
    this.#bytes[this.#length] = absent >> 8
    this.#bytes[this.#length + 1] = absent & 0xff
    this.#length += lengthSize
    return this
  }

  /** A copy of what was written. It, or one of the hashes, is the last that may be asked. */
  done(): Buffer {
    const copy = Buffer.from(this.#bytes.subarray(1, this.#length))
    this.#end()
    return copy
  }

  /** The hash of what was written. */
  hash(): Hash {
    const hash = sha256(this.#bytes.subarray(1, this.#length))
    this.#end()
    return hash
  }

  /** The hash of a leaf of these bytes in a tree (RFC 6962). */
  leafHash(): Hash {
    const hash = sha256(this.#bytes.subarray(0, this.#length))
    this.#end()
    return hash
  }

  #end(): void {
    spare.push(this.#bytes)
    this.#bytes = nothing
  }

  /** Makes room for an integer that fits its size. Returns where it begins. */
  #integer(value: number, size: 1 | 4 | 8): number {
    if (!Number.isSafeInteger(value) || value < 0 || value >= 2 ** (8 * size))
      throw new RangeError(`${value} does not fit ${size} bytes`)
    return this.#field(size)
  }

  #words(value: number, at: number): this {
    this.#word(Math.floor(value / wordSize), at)
    this.#word(value, at + 4)
    return this
  }

  /** The lowest 32 bits of an integer. */
  #word(value: number, at: number): void {
    this.#bytes.writeUInt32BE(value >>> 0, at)
  }

  /** Writes a field's length and makes room for it. Returns where it begins. */
  #field(size: number): number {
    if (size > mostBytes) throw new RangeError(`a field of ${size} bytes`)
    this.#makeRoom(lengthSize + size)
    this.#bytes[this.#length] = size >> 8
    this.#bytes[this.#length + 1] = size & 0xff
    const at = this.#length + lengthSize
    this.#length = at + size
    return at
  }

  #makeRoom(size: number): void {
    if (this.#length + size <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(2 * (this.#length + size))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}
