/**
 * Collects bytes that come in pieces in one array. The pieces are copied at once: kept until the last one is there, they
 * would take the memory twice, and grow too old to be collected soon.
 */
export class GrowingBytes {
  readonly #most: number
  readonly #first: number
  #room = new Uint8Array()
  #size = 0

  /**
   * @param expected how many bytes will come, as far as it is known; room for so many is made with the first of them
   * @param most with more than these, none are kept
   */
  constructor(expected: number, most: number) {
    this.#most = most
    this.#first = expected
  }

  append(bytes: Uint8Array): void {
    const end = this.#size + bytes.length
    if (end > this.#most) this.#room = new Uint8Array()
    else {
      if (end > this.#room.length) this.#grow(end)
      this.#room.set(bytes, this.#size)
    }
    this.#size = end
  }

  #grow(least: number): void {
    const length = Math.min(this.#most, Math.max(least, 2 * this.#room.length, this.#first))
    this.#room = new Uint8Array(this.#room.buffer.transfer(length))
  }

  /** Everything that came; undefined when it was too much. */
  taken(): Uint8Array<ArrayBuffer> | undefined {
    return this.#size > this.#most ? undefined : this.#room.subarray(0, this.#size)
  }
}
