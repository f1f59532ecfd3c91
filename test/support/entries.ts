import { expect } from 'bun:test'
import { entryBytes } from '../../src/tlog/format/entries.ts'
import { leafHash, rootOf } from '../../src/tlog/format/tree.ts'
import type { TestService } from './service.ts'

type Parts = Pick<TestService, 'database'>

/** Adds entries as commits leave them. */
export async function commitEntries({ database }: Parts, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, at) => [1, Buffer.alloc(32, at % 251), Buffer.alloc(0), new Date()])
  for (let at = 0; at < rows.length; at += 1_000)
    await database.query('INSERT INTO log_entries (leaf_count, root, leaves, created_at) VALUES ?', [
      rows.slice(at, at + 1_000),
    ])
}

/** The root of the log in hex, from its entries alone. */
export async function rootOfEntries({ database }: Parts): Promise<{ size: number; root: string }> {
  const entries = await database.query<{ leaf_count: number; root: Buffer; log_index: number }>(
    'SELECT leaf_count, root, log_index FROM log_entries WHERE log_index IS NOT NULL ORDER BY log_index',
  )
  expect(entries.map(({ log_index }) => log_index)).toEqual(entries.map((_, at) => at))
  const hashes = entries.map(({ leaf_count, root }) => leafHash(entryBytes(leaf_count, root)))
  return { size: entries.length, root: rootOf(hashes).toHex() }
}
