/**
 * Compares this checkout with another one, each on its own database server, in alternating rounds:
 * `bun bench/against.ts <folder of the other checkout> [draws hot spread records info config logins mixed single …]
 * [--rounds n] [--seconds n] [--people n] [--warm n]`. The other checkout needs its `node_modules`. It prints one JSON
 * line for each kind of work, with the median of the rounds’ ratios. Before the rounds each side works for `warm`
 * seconds: Bun compiles what is hot for that long, and a larger program is compiled for longer.
 */

import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { compare, kinds, openSide } from './kinds.ts'
import { printLine } from './result.ts'
import { openStage, type Stage } from './stage.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '3' },
    people: { type: 'string', default: '4000' },
    warm: { type: 'string', default: '20' },
  },
})
const [folder = '.', ...named] = positionals
const people = Number(values.people)
const how = { rounds: Number(values.rounds), seconds: Number(values.seconds), warm: Number(values.warm) }

const ours = await openSide(await openStage(), { people })
const { openStage: openOther } = (await import(resolve(folder, 'bench/stage.ts'))) as {
  openStage: () => Promise<Stage>
}
const theirs = await openSide(await openOther(), { people })
try {
  for (const name of named.length > 0 ? named : Object.keys(kinds))
    for (const work of kinds[name] ?? []) printLine({ work: name, ...(await compare(work, { ours, theirs }, how)) })
} finally {
  await ours.stage.close()
  await theirs.stage.close()
}
