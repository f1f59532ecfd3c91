import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { nearest } from '../../src/lib/nearest.ts'

const words = ['serve', 'migrate', 'seed', 'seeds', 'reconcile', 'verify', 'verify-draw', 'health', '--help']

test('a word with one letter more, fewer, changed or swapped leads back to the word that was meant', () => {
  const letter = fc.constantFrom(...'qxz')
  fc.assert(
    fc.property(fc.constantFrom('migrate', 'reconcile', 'health'), fc.nat(4), letter, (word, at, other) => {
      const [before, after] = [word.slice(0, at), word.slice(at)]
      const typed = [
        `${before}${other}${after}`,
        `${before}${after.slice(1)}`,
        `${before}${other}${after.slice(1)}`,
        `${before}${after[1]}${after[0]}${after.slice(2)}`,
      ]
      expect(typed.map((each) => nearest(each, words))).toEqual(typed.map(() => word))
    }),
  )
})

test('the nearest of several words is taken, and the beginning of a word stands for it', () => {
  expect(['sed', 'seedz', 'verify-drw', 'rec', 'help'].map((word) => nearest(word, words))).toEqual([
    'seed',
    'seed',
    'verify-draw',
    'reconcile',
    '--help',
  ])
})

test('a word that is like none has no nearest one', () => {
  expect(['dance', '', 'x', '--port', 'constructor'].map((word) => nearest(word, words))).toEqual(
    Array.from({ length: 5 }, () => undefined),
  )
})
