import { describe, expect, test } from 'bun:test'
import type { Document, Draw, Receipt } from '../../src/verifier/documents.ts'
import { verify } from '../../src/verifier/verify.ts'
import { failed, hitting } from '../support/drawn.ts'

/** Every field of a document that holds a value, as its path. */
function fieldsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (value === null || typeof value !== 'object') return [path]
  return Object.entries(value).flatMap(([name, inner]) => fieldsOf(inner, [...path, name]))
}

/** A copy of a document with another value in one field. */
function changed<T>(document: T, path: readonly (string | number)[], to: (value: unknown) => unknown = another): T {
  const copy = structuredClone(document) as Record<string, unknown>
  const holder = path.slice(0, -1).reduce((at, name) => at[name] as Record<string, unknown>, copy)
  const name = path.at(-1) ?? ''
  holder[name] = to(holder[name])
  return copy as T
}

function another(value: unknown): unknown {
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  if (typeof value !== 'string') return 0
  const last = value.at(-2) ?? ''
  return `${value.slice(0, -2)}${last === '0' ? '1' : '0'}${value.slice(-1)}`
}

/** Which check names a changed field, by the first part of the field's path that is here. */
const namedBy: Record<string, string> = {
  kind: 'format',
  version: 'format',
  key: 'key',
  origin: 'key',
  draw: 'draw in the log',
  places: 'draw in the log',
  epoch: 'epoch in the log',
  epoch_place: 'epoch in the log',
  wheels: 'wheel',
  history: 'history',
  beginning: 'history',
  stocks: 'prize stock',
  seed: 'seed',
  checkpoint: 'checkpoint',
}

describe('a document that was changed', () => {
  const { world, draws, last } = hitting()
  const proof = world.proof(last, draws.slice(0, -1))
  const receipt = world.receipts(draws[0] as Draw, last, draws[1] as Draw)[1] as Receipt

  test('a proof with any other value in any field is wrong, and a check of that part says so', () => {
    const fields = fieldsOf(proof)
    expect(fields.length).toBeGreaterThan(200)
    for (const path of fields)
      expect([path.join('.'), ...failed([changed(proof, path)])]).toContain(namedBy[path[0] ?? ''] ?? '')
  })

  test('a receipt with any other value in any field is wrong, and its signature says so', () => {
    const names = ['format', 'key', 'signature of the receipt', 'leaves of the receipt']
    for (const path of fieldsOf(receipt)) {
      const found = failed([changed(receipt, path)])
      expect([path.join('.'), found.some((name) => names.includes(name))]).toEqual([path.join('.'), true])
    }
  })

  test('odd values make a report of what is wrong, never an error', () => {
    const places = [proof, receipt].flatMap((document) =>
      Object.keys(document).map((name) => [document, [name]] as const),
    )
    const inside = Object.keys(proof.draw).map((name) => [proof, ['draw', name]] as const)
    for (const [document, path] of [...places, ...inside])
      for (const value of [null, 5, true, 'x', [], {}, [null], ['x']]) {
        const { verdict } = verify([changed<Document>(document, path, () => value), proof.checkpoint])
        expect([path, value, ['right', 'wrong', 'pending'].includes(verdict)]).toEqual([path, value, true])
      }
  })

  test('what is no document is wrong, whatever it is', () => {
    const odd = [
      {},
      { kind: 'proof', version: 1 },
      { kind: 'receipt', version: 1 },
      { kind: 'proof', version: 2 },
      null,
    ]
    for (const document of odd) expect(verify([document as unknown as Document]).verdict).toBe('wrong')
    expect(verify([]).verdict).toBe('wrong')
  })
})
