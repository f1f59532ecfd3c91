import { hashes, verify } from '@noble/ed25519'
import { sha512 } from '@noble/hashes/sha2.js'
import { canonical, concatBytes, fromBase64, fromHex, sha256, text, toHex, u32 } from './bytes.ts'
import type { LeafPlace } from './documents.ts'

hashes.sha512 = sha512

/** A key that signs for a log. */
export interface LogKey {
  name: string
  id: string
  publicKey: Uint8Array
}

export interface TreeHead {
  origin: string
  size: number
  /** In hex. */
  root: string
}

const ed25519 = 1

/** @throws for a text that is no key, or whose id is not its own. */
export function keyOf(line: string): LogKey {
  const [, name = '', id = '', encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(line) ?? []
  const bytes = fromBase64(encoded)
  const own = toHex(sha256(concatBytes(text(`${name}\n`), bytes)).slice(0, 4))
  if (bytes.length !== 33 || bytes[0] !== ed25519 || own !== id) throw new Error('not a key')
  return { name, id, publicKey: bytes.slice(1) }
}

export function isSignedBy(key: LogKey, message: Uint8Array, signature: Uint8Array): boolean {
  return signature.length === 64 && verify(signature, message, key.publicKey, { zip215: false })
}

/** @throws for a note that this key did not sign, or that is no checkpoint of the log. */
export function openCheckpoint(note: string, key: LogKey): TreeHead {
  const end = note.lastIndexOf('\n\n')
  const body = note.slice(0, end + 1)
  const isSigned = note
    .slice(end + 2)
    .split('\n')
    .some((line) => {
      const [dash, name, encoded = ''] = line.split(' ')
      if (dash !== '—' || name !== key.name) return false
      const bytes = fromBase64(encoded)
      return toHex(bytes.slice(0, 4)) === key.id && isSignedBy(key, text(body), bytes.slice(4))
    })
  if (end < 0 || !isSigned) throw new Error('not signed by the key')
  return readCheckpoint(body)
}

/** What a checkpoint says, whoever signed it. */
export function readCheckpoint(note: string): TreeHead {
  const [origin = '', size = '', root = ''] = note.split('\n')
  if (!/^(0|[1-9]\d{0,15})$/.test(size)) throw new Error('not a checkpoint')
  return { origin, size: Number(size), root: toHex(fromBase64(root)) }
}

/** The root of the log that holds a leaf, by its bytes, at this place. */
export function logRootOf(leaf: Uint8Array, place: LeafPlace, size: number): string {
  const commit = rootFrom(leafHash(sha256(leaf)), place.leaf_index, place.leaf_count, place.leaf_path)
  const entry = canonical('rp-entry/1', u32(place.leaf_count), commit)
  return toHex(rootFrom(leafHash(entry), place.log_index, size, place.log_path))
}

export function leafHash(leaf: Uint8Array): Uint8Array {
  return sha256(concatBytes(Uint8Array.of(0), leaf))
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concatBytes(Uint8Array.of(1), left, right))
}

/** The root by RFC 9162, section 2.1.3.2. */
export function rootFrom(leaf: Uint8Array, index: number, size: number, path: string[]): Uint8Array {
  if (!(Number.isSafeInteger(index) && index >= 0 && index < size)) throw new Error('outside of the tree')
  let [at, last, root] = [index, size - 1, leaf]
  for (const step of path) {
    if (last === 0) throw new Error('the path is too long')
    const sibling = fromHex(step)
    if (at % 2 === 1 || at === last) {
      root = nodeHash(sibling, root)
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)]
    } else root = nodeHash(root, sibling)
    ;[at, last] = [Math.floor(at / 2), Math.floor(last / 2)]
  }
  if (last !== 0) throw new Error('the path is too short')
  return root
}
