import { describe, expect, test } from 'bun:test'
import type { Operation } from '../../src/till/operation.ts'
import { mapTable, rows } from '../../src/till/table-mapping.ts'
import { drop, jars, jarsTable } from '../support/toy-till.ts'
import { coinsIn, useToys } from '../support/toys.ts'

const { toys } = useToys()

/** Jars whose coins no operation may change. */
const sealedJars = mapTable(jarsTable, { rank: 1, key: ['jar_id'], lock: 'update', updates: [] })

const breakSeal: Operation<number, object, string> = {
  name: 'break_seal',
  laneKey: (jar) => jar,
  needs: (jar) => [rows(sealedJars, jar)],
  decide(unit, jar) {
    // @ts-expect-error: the mapping writes no column, and the types know it too.
    unit.update(sealedJars, unit.get(sealedJars, [jar]), { coins: 0 })
    return {}
  },
}

const changeCopy: Operation<number, object, string> = {
  name: 'change_copy',
  laneKey: (jar) => jar,
  needs: (jar) => [rows(jars, jar)],
  decide(unit, jar) {
    unit.update(jars, { ...unit.get(jars, [jar]) }, { coins: 0 })
    return {}
  },
}

/** Reads a jar that it did not name. */
const peek: Operation<{ own: number; other: number }, { coins: number | undefined }, string> = {
  name: 'peek',
  laneKey: ({ own }) => own,
  needs: ({ own }) => [rows(jars, own)],
  decide: (unit, { other }) => ({ coins: unit.find(jars, [other])?.coins }),
}

/** Its needs read a row that it did not name. */
const reach: Operation<{ own: number; other: number }, object, string> = {
  name: 'reach',
  laneKey: ({ own }) => own,
  needs: ({ own, other }) => [
    rows(sealedJars, own),
    { mapping: jars, keys: (unit) => [[unit.find(sealedJars, [other])?.jar_id ?? 0]] },
  ],
  decide: () => ({}),
}

describe('an operation', () => {
  test('an operation fails and changes nothing when it changes a column that its mapping does not write', async () => {
    const toy = toys()
    await expect(toy.till.run(breakSeal, 1)).rejects.toThrow('toy_jars.coins is not written')
    await toy.till.close()
    expect(await coinsIn(toy, 1)).toBe(100)
  })

  test('an operation fails when it changes a copy of a row, because the others would not see the change', async () => {
    const toy = toys()
    await expect(toy.till.run(changeCopy, 1)).rejects.toThrow('toy_jars: the row to change was not loaded')
    await toy.till.close()
    expect(await coinsIn(toy, 1)).toBe(100)
  })

  test.each([
    ['alone', []],
    ['in a batch with one that named it', [2]],
  ])('an operation fails when it reads a row that it did not name, %s', async (_, neighbours) => {
    const { till, reports } = toys({ lanes: 1 })
    const first = till.run(drop, { jar: 1, coins: 1, name: 'first' })
    const others = neighbours.map((jar) => till.run(drop, { jar, coins: 1, name: `n${jar}` }))
    await expect(till.run(peek, { own: 3, other: 2 })).rejects.toThrow('toy_jars 2 was not named')
    await Promise.all([first, ...others])
    await till.close()
    expect(reports[1]?.size).toBe(neighbours.length + 1)
  })

  test('an operation fails when its needs read a row that only another operation named', async () => {
    const { till } = toys({ lanes: 1 })
    const first = till.run(drop, { jar: 1, coins: 1, name: 'first' })
    const neighbour = till.run(reach, { own: 2, other: 2 })
    await expect(till.run(reach, { own: 3, other: 2 })).rejects.toThrow('toy_jars 2 was not named')
    await Promise.all([first, neighbour])
  })
})
