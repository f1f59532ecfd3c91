import { fromBase64 } from '../../verifier/bytes.ts'
import type { Document } from '../../verifier/documents.ts'
import { readCheckpoint } from '../../verifier/log.ts'
import { texts } from './texts.ts'

/** The largest proof has about a tenth of this. */
const mostBytes = 1_000_000
export const mostDocuments = 8

/** What was given can't be checked. The message says why, for the person who gave it. */
export class Unreadable extends Error {}

const says = texts.unreadable

/** @throws {Unreadable} for a file that is too large, or no text. */
export async function textOf(file: Blob): Promise<string> {
  if (file.size > mostBytes) throw new Unreadable(says.tooLarge(mostBytes / 1000))
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer())
  } catch {
    throw new Unreadable(says.notText)
  }
}

/**
 * The documents in a text: a receipt or a proof, as they were answered, with or without what was around them, or a
 * checkpoint.
 * @throws {Unreadable} for any other text
 */
export function documentsOf(text: string): Document[] {
  const trimmed = text.trim()
  if (text.length > mostBytes) throw new Unreadable(says.tooLarge(mostBytes / 1000))
  if (trimmed === '') throw new Unreadable(says.empty)
  if (!/^[{[]/.test(trimmed)) return [checkpointOf(trimmed)]
  const found = documentsIn(parsed(trimmed))
  if (found.length === 0) throw new Unreadable(says.unknown)
  return found
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Unreadable(/[}\]]$/.test(text) ? says.unknown : says.cutOff)
  }
}

function documentsIn(value: unknown): Document[] {
  if (Array.isArray(value)) return value.slice(0, mostDocuments + 1).flatMap(documentIn)
  return documentIn(value)
}

function documentIn(value: unknown): Document[] {
  if (typeof value === 'string') return [checkpointOf(value)]
  if (typeof value !== 'object' || value === null) throw new Unreadable(says.unknown)
  if ('kind' in value) return [value as Document]
  const answer = value as { code?: unknown; msg?: unknown; data?: { receipt?: unknown; proof?: unknown } | null }
  if (typeof answer.code === 'number' && answer.code !== 0)
    throw new Unreadable(says.refused(`${answer.code}`, typeof answer.msg === 'string' ? answer.msg.slice(0, 80) : ''))
  const { receipt, proof } = answer.data ?? (value as { receipt?: unknown; proof?: unknown })
  const found = [receipt, proof].filter((one) => typeof one === 'object' && one !== null)
  if (found.length === 0) throw new Unreadable(receipt === null || proof === null ? says.unproven : says.unknown)
  return found as Document[]
}

/** A checkpoint as it was published. Its line ends may have been changed on the way. */
function checkpointOf(text: string): string {
  const note = `${text.trim().replaceAll('\r\n', '\n')}\n`
  try {
    const { size } = readCheckpoint(note)
    const root = fromBase64(note.split('\n')[2] ?? '')
    if (Number.isSafeInteger(size) && root.length === 32) return note
  } catch {}
  throw new Unreadable(says.unknown)
}
