import { describe, expect, test } from 'bun:test'
import { Refusal } from '../../src/contract/refusals.ts'
import { unpackLeaves } from '../../src/till/log-entry.ts'
import type { Operation } from '../../src/till/operation.ts'
import { mapTable, rows } from '../../src/till/table-mapping.ts'
import { entryRoot } from '../../src/tlog/format/entries.ts'
import { sha256 } from '../../src/tlog/format/tree.ts'
import { jarsTable } from '../support/toy-till.ts'
import { useToys } from '../support/toys.ts'

const { toys } = useToys()

const loggedJars = mapTable(jarsTable, {
  rank: 1,
  key: ['jar_id'],
  lock: 'update',
  updates: ['coins'],
  logged: { leafOf: ({ jar_id, coins }) => leafOf(jar_id, coins), on: ['coins'] },
})
const leafOf = (jar: number, coins: number) => ({ label: `jar ${jar}`, hash: sha256(Buffer.from(`${jar}=${coins}`)) })

/** Sets the coins of a jar twice, so that the log can tell only how they end. It refuses a negative number last. */
const set: Operation<{ jar: number; coins: number }, object, string> = {
  name: 'set',
  laneKey: ({ jar }) => jar,
  needs: ({ jar }) => [rows(loggedJars, jar)],
  decide(unit, { jar, coins }) {
    unit.update(loggedJars, unit.get(loggedJars, [jar]), { coins: 1 })
    unit.update(loggedJars, unit.get(loggedJars, [jar]), { coins })
    unit.log({ label: `event ${jar}`, hash: sha256(Buffer.from(`event ${jar}`)) })
    if (coins < 0) throw new Refusal(4003)
    return {}
  },
}

interface EntryRow {
  leaf_count: number
  root: Buffer
  leaves: Buffer
  log_index: number | null
}

const entriesIn = ({ database }: ReturnType<typeof toys>) =>
  database.query<EntryRow>('SELECT leaf_count, root, leaves, log_index FROM log_entries ORDER BY entry_id')
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('a commit', () => {
  test('a commit leaves one entry with the leaves of all its operations, whatever their number', async () => {
    const toy = toys({ lanes: 1 })
    await Promise.all([1, 2, 3].map((jar) => toy.till.run(set, { jar, coins: 100 })))
    await toy.till.close()
    const entries = await entriesIn(toy)
    const leaves = entries.flatMap((entry) => unpackLeaves(entry.leaves))
    expect(leaves.map(({ label }) => label).sort()).toEqual([
      'event 1',
      'event 2',
      'event 3',
      'jar 1',
      'jar 2',
      'jar 3',
    ])
    expect(leaves.map(({ hash }) => hex(hash))).toContain(hex(sha256(Buffer.from('2=100'))))
    for (const { leaf_count, root, leaves, log_index } of entries) {
      const kept = unpackLeaves(leaves)
      expect([leaf_count, hex(root), log_index]).toEqual([
        kept.length,
        hex(entryRoot(kept.map(({ hash }) => hash))),
        null,
      ])
    }
    expect(entries.length).toBeLessThan(3)
  })

  test('an operation that is refused leaves nothing in the log, and the others of its batch do', async () => {
    const toy = toys({ lanes: 1 })
    await Promise.allSettled([
      toy.till.run(set, { jar: 1, coins: 100 }),
      toy.till.run(set, { jar: 2, coins: -1 }),
      toy.till.run(set, { jar: 3, coins: 100 }),
    ])
    await toy.till.close()
    const labels = (await entriesIn(toy)).flatMap((entry) => unpackLeaves(entry.leaves).map(({ label }) => label))
    expect(labels.sort()).toEqual(['event 1', 'event 3', 'jar 1', 'jar 3'])
  })

  test('a commit that fails leaves no entry', async () => {
    const toy = toys({ lanes: 1 })
    await toy.database.query('ALTER TABLE log_entries RENAME TO log_entries_away')
    await toy.till.run(set, { jar: 1, coins: 100 }).catch(() => {})
    await toy.database.query('ALTER TABLE log_entries_away RENAME TO log_entries')
    const [jar] = await toy.database.query<{ coins: number }>('SELECT coins FROM toy_jars WHERE jar_id = 1')
    expect([jar?.coins, (await entriesIn(toy)).length]).toEqual([100, 0])
    await toy.till.close()
  })
})

test('leaves that were cut short are refused', () => {
  expect(() => unpackLeaves(Buffer.from([3, 97, 98, 99, 1, 2]))).toThrow(RangeError)
})
