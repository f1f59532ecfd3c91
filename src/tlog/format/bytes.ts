const lengthSize = 2
/** No field is that long, so this length says that there is no value. */
const absent = 0xffff
const mostBytes = absent - 1

/**
 * Writes canonical bytes: a domain tag, then fields, each after its length (two bytes, big-endian). The same fields
 * give the same bytes in any language, and no other fields give them.
 */
export class CanonicalBytes {
  #bytes = Buffer.allocUnsafe(256)
  #length = 0

  /** @param tag ASCII; says what the bytes are, so that nothing else can be taken for them */
  constructor(tag: string) {
    this.#length = this.#room(tag.length).write(tag, 'latin1')
  }

  u8(value: number): this {
    return this.#integer(value, 1)
  }

  u32(value: number): this {
    return this.#integer(value, 4)
  }

  u64(value: number): this {
    return this.#integer(value, 8)
  }

  /** In two's complement. */
  i64(value: number): this {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no integer`)
    const at = this.#field(8)
    this.#bytes.writeBigInt64BE(BigInt(value), at)
    return this
  }

  /** In UTF-8. */
  text(value: string): this {
    return this.bytes(Buffer.from(value, 'utf8'))
  }

  bytes(value: Uint8Array): this {
    if (value.length > mostBytes) throw new RangeError(`a field of ${value.length} bytes`)
    const at = this.#field(value.length)
    this.#bytes.set(value, at)
    return this
  }

  /** No value; not the same as 0 or an empty text. */
  none(): this {
    this.#room(lengthSize).writeUInt16BE(absent, 0)
    this.#length += lengthSize
    return this
  }

  /** A copy of what was written. */
  done(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length))
  }

  #integer(value: number, size: 1 | 4 | 8): this {
    if (!Number.isSafeInteger(value) || value < 0 || value >= 2 ** (8 * size))
      throw new RangeError(`${value} does not fit ${size} bytes`)
    const at = this.#field(size)
    if (size === 8) this.#bytes.writeBigUInt64BE(BigInt(value), at)
    else this.#bytes.writeUIntBE(value, at, size)
    return this
  }

  /** Writes a field's length and makes room for it. Returns where it begins. */
  #field(size: number): number {
    this.#room(lengthSize + size).writeUInt16BE(size, 0)
    const at = this.#length + lengthSize
    this.#length = at + size
    return at
  }

  /** What is left of the buffer, which has room for `size` bytes more. */
  #room(size: number): Buffer {
    if (this.#length + size > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(2 * (this.#length + size))
      larger.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = larger
    }
    return this.#bytes.subarray(this.#length)
  }
}
