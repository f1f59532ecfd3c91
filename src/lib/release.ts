/**
 * Gives the memory of bytes back at once; they are empty afterwards. What has waited for its turn is too old to be
 * collected soon, and many large arrays would pile up. Nothing else may share the bytes' buffer.
 */
export function release(bytes: Uint8Array<ArrayBuffer>): void {
  bytes.buffer.transfer(0)
}
