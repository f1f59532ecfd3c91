/** Signed notes of C2SP, as Go's `sumdb/note` has them: a text, a blank line, and one line for each signature. */

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'

/** A key that signs notes, and the name of who signs. */
export interface NoteSigner {
  name: string
  /** The key's id: the first four bytes of a hash over name and key. */
  keyId: Buffer
  publicKey: Buffer
  /** How others know the key: `name+id+key`. */
  verifierKey: string
  /** Signs any bytes; 64 bytes. */
  sign(bytes: Uint8Array): Buffer
}

const ed25519 = 1
const keySize = 32
/** What comes before the 32 bytes in DER. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')
const namePattern = /^[^\s+\p{C}]{1,200}$/u

/** Makes a key in one line, as `signerOf` reads it. */
export function makeSignerKey(name: string): string {
  if (!isKeyName(name)) throw new TypeError('not the name of a key')
  const { privateKey } = generateKeyPairSync('ed25519')
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-keySize)
  const id = keyIdOf(name, publicKeyOf(privateKey)).toString('hex')
  return `PRIVATE+KEY+${name}+${id}+${Buffer.from([ed25519, ...seed]).toString('base64')}`
}

/** Whether a key can have this name: no blanks, no plus, nothing that can't be seen. */
export function isKeyName(name: string): boolean {
  return namePattern.test(name)
}

/** Whether `signerOf` reads this line. */
export function isSignerKey(line: string): boolean {
  try {
    return signerOf(line).name !== ''
  } catch {
    return false
  }
}

/** @throws {TypeError} for a line that is no key. */
export function signerOf(line: string): NoteSigner {
  const [, name = '', id, encoded = ''] = /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(line) ?? []
  const bytes = Buffer.from(encoded, 'base64')
  if (!isKeyName(name) || bytes.length !== 1 + keySize || bytes[0] !== ed25519) throw new TypeError('not a signing key')
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, bytes.subarray(1)]), format: 'der', type: 'pkcs8' })
  const publicKey = publicKeyOf(key)
  const keyId = keyIdOf(name, publicKey)
  if (keyId.toString('hex') !== id) throw new TypeError('a signing key whose id is wrong')
  return {
    name,
    keyId,
    publicKey,
    verifierKey: `${name}+${id}+${Buffer.from([ed25519, ...publicKey]).toString('base64')}`,
    sign: (text) => sign(null, text, key),
  }
}

/** Signs a text, which must end with a newline. */
export function signNote(text: string, { name, keyId, sign }: NoteSigner): string {
  if (!text.endsWith('\n')) throw new TypeError('a note ends with a newline')
  const signature = Buffer.concat([keyId, sign(Buffer.from(text))])
  return `${text}\n— ${name} ${signature.toString('base64')}\n`
}

/** The text of a note that this signer signed; undefined for any other. */
export function openNote(note: string, { name, keyId, publicKey }: NoteSigner): string | undefined {
  const end = note.lastIndexOf('\n\n')
  if (end < 0 || !note.endsWith('\n')) return undefined
  const text = note.slice(0, end + 1)
  for (const line of note.slice(end + 2, -1).split('\n')) {
    const [dash, signer, encoded = ''] = line.split(' ')
    const bytes = Buffer.from(encoded, 'base64')
    if (dash !== '—' || signer !== name || !bytes.subarray(0, 4).equals(keyId)) continue
    const key = createPublicKey({ key: Buffer.concat([spkiPrefix, publicKey]), format: 'der', type: 'spki' })
    if (verify(null, Buffer.from(text), key, bytes.subarray(4))) return text
  }
  return undefined
}

function publicKeyOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-keySize)
}

function keyIdOf(name: string, publicKey: Uint8Array): Buffer {
  return createHash('sha256')
    .update(`${name}\n`)
    .update(Buffer.from([ed25519, ...publicKey]))
    .digest()
    .subarray(0, 4)
}
