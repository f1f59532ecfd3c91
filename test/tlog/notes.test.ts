import { expect, test } from 'bun:test'
import { openCheckpoint, signCheckpoint } from '../../src/tlog/format/checkpoint.ts'
import { isKeyName, makeSignerKey, openNote, signerOf, signNote } from '../../src/tlog/format/notes.ts'
import { rootOf } from '../../src/tlog/format/tree.ts'

/** The example of Go's package sumdb/note. */
const neumann = signerOf('PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz')
const quotation =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
const signedQuotation = `${quotation}
— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`

test('a note is signed byte by byte as Go’s package signs it', () => {
  expect(neumann.verifierKey).toBe('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')
  expect(signNote(quotation, neumann)).toBe(signedQuotation)
  expect(openNote(signedQuotation, neumann)).toBe(quotation)
})

test('a note whose text, signature or signer was changed does not open', () => {
  const other = signerOf(makeSignerKey('PeterNeumann'))
  const broken = [
    signedQuotation.replace('answer', 'cause'),
    signedQuotation.replace('x08go/ZJ', 'x08go/ZK'),
    signedQuotation.replace('— PeterNeumann', '— Somebody'),
    signedQuotation.replace('— ', '- '),
    signedQuotation.slice(0, -1),
    quotation,
    '',
  ]
  for (const note of broken) expect(openNote(note, neumann)).toBeUndefined()
  expect(openNote(signedQuotation, other)).toBeUndefined()
})

test('a checkpoint says the log’s name, its size and its root', () => {
  const signer = signerOf(makeSignerKey('restaurant.example/log'))
  const note = signCheckpoint({ size: 12, root: rootOf([]) }, signer)
  expect(note.split('\n').slice(0, 4)).toEqual([
    'restaurant.example/log',
    '12',
    '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    '',
  ])
  expect(openCheckpoint(note, signer)).toEqual({ size: 12, root: rootOf([]) })
  expect(openCheckpoint(signNote('another.example/log\n12\n47DEQ\n', signer), signer)).toBeUndefined()
  expect(openCheckpoint(note.replace('\n12\n', '\n13\n'), signer)).toBeUndefined()
})

test('a line that is no key is refused without showing it', () => {
  const key = makeSignerKey('a.example/log')
  for (const line of ['', 'secret', key.slice(0, -4), key.replace('a.example', 'b.example'), key.slice(8)])
    expect(() => signerOf(line)).toThrow(/^(not a signing key|a signing key whose id is wrong)$/)
  expect(['', 'a b', 'a+b', 'a\nb', 'a'.repeat(201)].filter(isKeyName)).toEqual([])
})
