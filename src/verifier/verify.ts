/**
 * Says whether a receipt, a proof or a checkpoint of a draw is right, and whether two contradict each other. It needs no
 * network and none of the service's code, so that anybody can read and run it.
 */

import { type Check, type CheckName, type Group, must, type State } from './check.ts'
import { contradictionsOf, isBegunAnew } from './contradictions.ts'
import type { Document, Proof, Receipt } from './documents.ts'
import { keyOf, openCheckpoint } from './log.ts'
import { proofChecks } from './proof.ts'
import { receiptChecks } from './receipt.ts'

/** Something that the documents don't prove. */
export type Note =
  | 'the diner sent no seed and so took no part in the chance'
  | 'turns before the log began are not proven'
  | 'of a prize’s stock the last step alone is in a proof; the steps before it are in the log'
  | 'the documents are of two logs: of an earlier log and a later one the draw alone was compared'
  | 'no document here has the key that signs the checkpoint, so its signature was not checked'

export interface Report {
  /** `right` only when every check passed. */
  verdict: 'right' | 'wrong' | 'pending'
  checks: Outcome[]
  notes: Note[]
}

/** How a check ended, and the places of the documents that it is about. */
export interface Outcome {
  name: CheckName
  state: State
  why: string
  of: readonly number[]
}

export function verify(documents: readonly Document[]): Report {
  const own = documents.map((document, at) => ({ of: [at], checks: checksOf(document, documents) }))
  const checks = [...own, ...contradictionsOf(documents)].flatMap(outcomesOf)
  const has = (state: State) => checks.some((check) => check.state === state)
  const verdict = checks.length === 0 || has('failed') ? 'wrong' : has('pending') ? 'pending' : 'right'
  return { verdict, checks, notes: [...new Set(documents.flatMap((document) => notesOf(document, documents)))] }
}

function checksOf(document: Document, all: readonly Document[]): readonly Check[] {
  if (typeof document === 'string') return checkpointChecks(document, all)
  if (document?.kind === 'receipt' && document.version === 1) {
    const isOfProof = (other: Document) =>
      typeof other !== 'string' && other?.kind === 'proof' && other.draw?.draw_id === document.draw_id
    return receiptChecks(document, all.some(isOfProof))
  }
  if (document?.kind === 'proof' && document.version === 1) return proofChecks(document)
  return [['format', () => must(false, 'neither a receipt nor a proof of version 1')]]
}

function checkpointChecks(note: string, all: readonly Document[]): readonly Check[] {
  const key = keyFor(note, all)
  if (key === undefined) return []
  return [['signature of the checkpoint', () => void openCheckpoint(note, keyOf(key))]]
}

/** The key that a document has of the checkpoint's log. */
function keyFor(note: string, all: readonly Document[]): string | undefined {
  const origin = note.split('\n')[0]
  const found = all.find((one) => typeof one !== 'string' && one?.origin === origin)
  return (found as Receipt | Proof | undefined)?.key
}

function outcomesOf({ of, checks }: Group): Outcome[] {
  return checks.map(([name, run]) => {
    try {
      return { name, state: run() ?? 'passed', why: '', of }
    } catch (error) {
      return { name, state: 'failed', why: (error as Error).message, of }
    }
  })
}

function notesOf(document: Document, all: readonly Document[]): Note[] {
  if (typeof document === 'string')
    return keyFor(document, all) === undefined
      ? ['no document here has the key that signs the checkpoint, so its signature was not checked']
      : []
  if (!['receipt', 'proof'].includes(document?.kind)) return []
  const { draw } = 'draw' in document ? document : { draw: document }
  const notes: Note[] = []
  if (all.some((other) => isBegunAnew(document, other)))
    notes.push('the documents are of two logs: of an earlier log and a later one the draw alone was compared')
  if (typeof draw !== 'object' || draw === null) return notes
  if (draw.client_seed_source === 'none' || draw.client_seed === '')
    notes.push('the diner sent no seed and so took no part in the chance')
  if (document.kind === 'proof' && document.beginning) notes.push('turns before the log began are not proven')
  if (Array.isArray(draw.turns) && draw.turns.some((turn) => typeof turn?.stock_before === 'number'))
    notes.push('of a prize’s stock the last step alone is in a proof; the steps before it are in the log')
  return notes
}
