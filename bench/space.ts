/**
 * Measures what draws take on disk: `bun bench/space.ts [--draws n]`. People draw, with proofs; once all is sealed, it
 * prints the bytes that a draw added to each index, by its pages, and to the files of the log in the store. Indexes grow
 * by 64 pages at a time, so that few draws give rough figures. A commit makes one entry of the log, however many draws it holds: `draws_an_entry` says how many there were.
 */

import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Database } from '../src/db/client.ts'
import { load } from './http-load.ts'
import { makePeople } from './people.ts'
import { makeProofSettings } from './provable.ts'
import { printLine } from './result.ts'
import { rounded } from './sample.ts'
import { draws } from './scenarios.ts'
import { openStage } from './stage.ts'

const connections = 64
const round_s = 2
const patience_ms = 120_000
const { values } = parseArgs({
  options: { draws: { type: 'string', default: '60000' }, people: { type: 'string', default: '1000' } },
})

const stage = await openStage()
try {
  const { database } = stage
  const service = await stage.startService(makeProofSettings())
  const people = await makePeople(stage, service.url, Number(values.people))
  const next = draws({ people })
  // The first draws make the rows that later ones only change.
  while ((await countOf(database, 'draw_turns')) < people.length)
    await load({ program: service, connections, seconds: 1, next })
  const before = await sizesOf(database, stage.dir)
  while ((await countOf(database, 'draw_turns')) < before.draws + Number(values.draws))
    await load({ program: service, connections, seconds: round_s, next })
  const after = await sizesOf(database, stage.dir)
  const drawn = after.draws - before.draws
  const aDraw = (grown: number) => rounded(grown / drawn)
  let sum = 0
  for (const [table, indexes] of Map.groupBy(after.indexes, ({ table }) => table)) {
    const grown = indexes.map(({ index, bytes }) => [index, bytes - bytesOf(before.indexes, { table, index })] as const)
    const total = grown.reduce((all, [, bytes]) => all + bytes, 0)
    sum += total
    if (total > 0)
      printLine({
        table,
        bytes_a_draw: aDraw(total),
        indexes: Object.fromEntries(grown.map(([index, bytes]) => [index, aDraw(bytes)])),
      })
  }
  const entries = after.entries - before.entries
  printLine({
    scenario: 'what a draw takes on disk',
    ...{ draws: drawn, entries, draws_an_entry: rounded(drawn / entries) },
    ...{ database_bytes_a_draw: aDraw(sum), store_bytes_a_draw: aDraw(after.store - before.store) },
    store_bytes_an_entry: rounded((after.store - before.store) / entries),
  })
} finally {
  await stage.close()
}

interface IndexSize {
  table: string
  index: string
  bytes: number
}

/** The sizes once the log is sealed and the pages are counted. */
async function sizesOf(database: Database, dir: string) {
  await sealed(database)
  const tables = await database.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'",
  )
  for (const { name } of tables) await database.query(`ANALYZE TABLE \`${name}\``)
  const indexes = await database.query<IndexSize>(
    `SELECT table_name AS \`table\`, index_name AS \`index\`, CAST(stat_value * @@innodb_page_size AS DOUBLE) AS bytes
       FROM mysql.innodb_index_stats WHERE database_name = DATABASE() AND stat_name = 'size'`,
  )
  const files = readdirSync(join(dir, 'images/tlog'))
  return {
    draws: await countOf(database, 'draw_turns'),
    entries: await countOf(database, 'log_entries'),
    indexes,
    store: files.reduce((sum, file) => sum + statSync(join(dir, 'images/tlog', file)).size, 0),
  }
}

function bytesOf(indexes: readonly IndexSize[], { table, index }: Omit<IndexSize, 'bytes'>): number {
  return indexes.find((one) => one.table === table && one.index === index)?.bytes ?? 0
}

async function sealed(database: Database): Promise<void> {
  for (const deadline = Date.now() + patience_ms; Date.now() < deadline; await Bun.sleep(500)) {
    const [left] = await database.query<{ entries: number }>(
      'SELECT COUNT(*) AS entries FROM log_entries WHERE log_index IS NULL',
    )
    // The files of what was sealed last are written after that.
    if (left?.entries === 0) return Bun.sleep(2_000)
  }
  throw new Error('the log was not sealed')
}

async function countOf(database: Database, table: string): Promise<number> {
  return Number(
    (await database.query<{ rows_found: number }>(`SELECT COUNT(*) AS rows_found FROM ${table}`))[0]?.rows_found,
  )
}
