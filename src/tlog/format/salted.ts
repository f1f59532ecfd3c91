import { CanonicalBytes } from './bytes.ts'
import type { Hash } from './tree.ts'

/**
 * Stands for free text in a leaf. Who has the text and its salt can show what it was; who has the leaf alone can't find
 * it by trying.
 * @param salt in hex
 */
export function saltedHash(salt: string, text: string): Hash {
  return new CanonicalBytes('rp-text/1').bytes(Buffer.from(salt, 'hex')).text(text).hash()
}
