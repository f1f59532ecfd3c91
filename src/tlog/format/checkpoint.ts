import { type NoteSigner, openNote, signNote } from './notes.ts'
import type { Hash } from './tree.ts'

/** What a checkpoint of C2SP tlog-checkpoint says: how long a log is, and the root of its tree. */
export interface TreeHead {
  size: number
  root: Hash
}

const pattern = /^([^\n]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n/

export function signCheckpoint({ size, root }: TreeHead, signer: NoteSigner): string {
  return signNote(`${signer.name}\n${size}\n${Buffer.from(root).toString('base64')}\n`, signer)
}

/** The tree head that this signer signed for its own log; undefined for anything else. */
export function openCheckpoint(note: string, signer: NoteSigner): TreeHead | undefined {
  const text = openNote(note, signer)
  const [, origin, size, root = ''] = (text !== undefined && pattern.exec(text)) || []
  if (origin !== signer.name) return undefined
  return { size: Number(size), root: new Uint8Array(Buffer.from(root, 'base64')) }
}
