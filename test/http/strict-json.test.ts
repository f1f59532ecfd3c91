import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { assertStrictJson } from '../../src/http/strict-json.ts'

const shallowJson = fc.json({ maxDepth: 6 })

test('whatever JSON.stringify writes is accepted', () => {
  fc.assert(fc.property(shallowJson, (text) => assertStrictJson(text)))
})

test.each([
  ['{"a":1,"a":2}'],
  ['{"a":{"b":1,"b":1}}'],
  ['[{"x":0},{"x":1,"y":2,"x":3}]'],
  ['{"a" :1,\n"a"\t:2}'],
  ['{"a":1,"\\u0061":2}'],
])('a repeated key in an object is refused: %s', (text) => {
  expect(() => assertStrictJson(text)).toThrow(SyntaxError)
})

test.each([['{"a":"a","b":"a"}'], ['{"a":{"a":{"a":1}}}'], ['[{"a":1},{"a":2}]'], ['{"a":"\\"a\\":1"}']])(
  'equal values, and equal keys in different objects, are accepted: %s',
  (text) => assertStrictJson(text),
)

test('deep nesting is refused without recursion', () => {
  expect(() => assertStrictJson('['.repeat(100_000))).toThrow('nested too deep')
})
