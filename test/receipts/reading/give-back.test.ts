import { dlopen, type Pointer } from 'bun:ffi'
import { expect, test } from 'bun:test'
import { giveBackMemory } from '../../../src/receipts/reading/give-back.ts'

const libc = dlopen('libc.so.6', {
  malloc: { args: ['usize'], returns: 'ptr' },
  memset: { args: ['ptr', 'i32', 'usize'], returns: 'ptr' },
  free: { args: ['ptr'], returns: 'void' },
}).symbols

const size = 65_536
const count = 2_000

test('memory that the C library keeps after it was freed goes back to the system', () => {
  const blocks = Array.from({ length: count }, () => {
    const block = libc.malloc(size) as Pointer
    libc.memset(block, 1, size)
    return block
  })
  // Below a block that is still in use, the library keeps what is free.
  const last = blocks.pop() as Pointer
  for (const block of blocks) libc.free(block)
  const kept = process.memoryUsage.rss()
  giveBackMemory(0)
  expect(kept - process.memoryUsage.rss()).toBeGreaterThan((count * size) / 2)
  libc.free(last)
})
