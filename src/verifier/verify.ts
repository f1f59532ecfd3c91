/**
 * Says whether a receipt, a proof or a checkpoint of a draw is right, and whether two contradict each other. It needs no
 * network and none of the service's code, so that anybody can read and run it.
 */

import { type Check, must, type State } from './check.ts'
import { contradictionsOf } from './contradictions.ts'
import type { Document, Proof, Receipt } from './documents.ts'
import { proofChecks } from './proof.ts'
import { receiptChecks } from './receipt.ts'

export interface Report {
  /** `right` only when every check passed. */
  verdict: 'right' | 'wrong' | 'pending'
  checks: { name: string; state: State; why: string }[]
  /** What the documents don't prove. */
  notes: string[]
}

export function verify(documents: readonly Document[]): Report {
  const checks = [
    ...documents.flatMap((document) => checksOf(document, documents)),
    ...contradictionsOf(documents),
  ].map(outcomeOf)
  const has = (state: State) => checks.some((check) => check.state === state)
  const verdict = checks.length === 0 || has('failed') ? 'wrong' : has('pending') ? 'pending' : 'right'
  return { verdict, checks, notes: [...new Set(documents.flatMap(notesOf))] }
}

function checksOf(document: Document, all: readonly Document[]): readonly Check[] {
  if (typeof document === 'string') return []
  if (document?.kind === 'receipt' && document.version === 1) {
    const isOfProof = (other: Document) =>
      typeof other !== 'string' && other.kind === 'proof' && other.draw.draw_id === document.draw_id
    return receiptChecks(document, all.some(isOfProof))
  }
  if (document?.kind === 'proof' && document.version === 1) return proofChecks(document)
  return [['format', () => must(false, 'neither a receipt nor a proof of version 1')]]
}

function outcomeOf([name, run]: Check): Report['checks'][number] {
  try {
    return { name, state: run() ?? 'passed', why: '' }
  } catch (error) {
    return { name, state: 'failed', why: (error as Error).message }
  }
}

function notesOf(document: Document): string[] {
  if (typeof document === 'string' || !['receipt', 'proof'].includes(document?.kind)) return []
  const { draw = document as Receipt } = document as Proof
  const notes: string[] = []
  if (draw.client_seed_source === 'none') notes.push('the diner sent no seed and so took no part in the chance')
  if (document.kind === 'proof' && document.beginning) notes.push('turns before the log began are not proven')
  if (draw.turns?.some((turn) => turn.stock_before !== null))
    notes.push('what was left of a prize is proven by the leaves of others, which are not in this document')
  return notes
}
