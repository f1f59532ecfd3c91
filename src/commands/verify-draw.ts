import { readFileSync } from 'node:fs'
import { OperatorError } from '../lib/operator-error.ts'
import type { Document } from '../verifier/documents.ts'
import { verify } from '../verifier/verify.ts'
import type { Command } from './command.ts'
import { UsageError } from './usage.ts'

const exitCodes = { right: 0, wrong: 1, pending: 3 }

/**
 * Checks receipts, proofs and checkpoints from files, without a network. Exits 0 when all is right, 1 when something is
 * wrong, and 3 while something can't be checked before its epoch's seed is published.
 */
export const verifyDrawCommand: Command = async ({ args, print }) => {
  if (args.length === 0) throw new UsageError('verify-draw takes files: receipts, proofs or checkpoints.')
  const { verdict, checks, notes } = verify(args.map(read))
  for (const { name, state, why } of checks) print(`${state.padEnd(8)} ${name}${why ? `: ${why}` : ''}`)
  for (const note of notes) print(`note     ${note}`)
  print(verdict)
  return exitCodes[verdict]
}

/** A document from a file: as it was answered, with or without what was around it, or a checkpoint's text. */
function read(path: string): Document {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new OperatorError(`${path} can't be read (${(error as { code?: string }).code}).`)
  }
  if (!text.trimStart().startsWith('{')) return text
  const parsed = parse(text)
  const data = (parsed as { data?: unknown })?.data ?? parsed
  const { receipt, proof } = (data ?? {}) as { receipt?: Document; proof?: Document }
  return proof ?? receipt ?? (data as Document)
}

/** What is no JSON is no document; the verifier says so. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
