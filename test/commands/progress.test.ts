import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProgressBar } from '../../src/commands/progress-bar.ts'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { createTestDatabase } from '../support/database.ts'
import { runCommand, runExecutable, type Settings, source } from '../support/process.ts'

let DATABASE_URL: string
let database: Database
const folder = mkdtempSync(join(tmpdir(), 'restaurant-points-progress-'))

beforeAll(async () => {
  DATABASE_URL = await createTestDatabase(`points_progress_${process.pid}`)
  database = openDatabase({ address: { uri: DATABASE_URL }, poolSize: 2 })
})
afterAll(async () => {
  await database.close()
  rmSync(folder, { recursive: true })
})

/** Runs the program on a pseudo terminal of 120 columns. What it writes of both streams comes back as one text. */
function onTerminal(args: string[], settings: Settings = {}, env: Record<string, string> = {}) {
  const program = source({ DATABASE_URL, ...settings })
  const call = `stty cols 120; exec ${[...program.command, ...args].map((word) => `'${word}'`).join(' ')}`
  return runExecutable(
    { command: ['script', '--quiet', '--return', '--command', call, '/dev/null'], env: { ...program.env, ...env } },
    [],
  )
}

const barOf = (what: string) => new RegExp(`[█░]{24} +\\d+ %  \\d+/\\d+.*  ${what}`)
/** What stays on the screen: a line that was emptied is gone. */
const left = (out: string) =>
  out
    .split('\n')
    .map((line) => line.split('\r\u001B[2K').at(-1)?.trimEnd())
    .filter(Boolean)

test('on a terminal, migrate, reconcile, seeds make and audit show a bar, and leave their lines alone behind', async () => {
  const migrated = await onTerminal(['migrate'])
  expect(migrated.out).toMatch(barOf('statements of migrations'))
  expect(migrated.out).toMatch(/\d\/s, \d+ (s|min) left {2}statements/)
  expect([migrated.code, left(migrated.out)]).toEqual([0, ['The tables are up to date.']])

  await database.query("INSERT INTO users (mobile) VALUES ('13800138001')")
  const reconciled = await onTerminal(['reconcile'])
  expect(reconciled.out).toMatch(barOf('ranges of balances and stocks'))
  expect([reconciled.code, left(reconciled.out)]).toEqual([0, ['Every balance and every stock equals its ledger.']])

  const made = await onTerminal(['seeds', 'make', join(folder, 'seeds'), '99'])
  expect(made.out).toMatch(barOf('seeds'))
  expect([made.code, left(made.out)]).toEqual([0, [expect.stringMatching(/^The chain \w{16} is in /)]])

  await runCommand(['staff', 'grant', '13800138001', 'owner'], { DATABASE_URL })
  const audited = await onTerminal(['audit', '--all'])
  expect(audited.out).toMatch(barOf('rows of the audit log'))
  expect([audited.code, left(audited.out).at(-1)]).toEqual([0, '1 rows.'])
})

test('in a pipe nothing is drawn', async () => {
  for (const args of [['migrate'], ['reconcile'], ['seeds', 'make', join(folder, 'piped')], ['audit', '--all']]) {
    const { code, out, err } = await runCommand(args, { DATABASE_URL })
    expect([args[0], code, err, out.includes('\u001B')]).toEqual([args[0], 0, '', false])
  }
})

test('in CI and on a dumb terminal nothing is drawn', async () => {
  for (const env of [{ CI: 'true' }, { TERM: 'dumb' }] as Record<string, string>[]) {
    const { code, out } = await onTerminal(['reconcile'], {}, env)
    expect([code, out.includes('\u001B')]).toEqual([0, false])
  }
})

test('a bar tells share, rate and time left, fits its line, and is drawn at most ten times a second', () => {
  let now_ms = 0
  const drawn: string[] = []
  const terminal = { isTTY: true, columns: 48, write: (text: string) => drawn.push(text.slice(5)) }
  const bar = createProgressBar(terminal, {}, { elapsed_ms: () => now_ms })
  for (const [at, done] of [
    [0, 0],
    [50, 10],
    [1_000, 250],
    [1_050, 260],
    [4_000, 1_000],
  ] as const) {
    now_ms = at
    bar.progress('rows', done, 1_000)
  }
  bar.clear()
  bar.clear()
  expect(drawn).toEqual([
    '░░░░░░░░░░░░░░░░░░░░░░░░   0 %  0/1000  rows',
    '██████░░░░░░░░░░░░░░░░░░  25 %  250/1000  250/s',
    '████████████████████████ 100 %  1000/1000  250/',
    '',
  ])
  const wide = { ...terminal, columns: 0 }
  const other = createProgressBar(wide, {}, { elapsed_ms: () => now_ms })
  other.progress('days', 0, 9_000)
  now_ms += 10_000
  other.progress('days', 10, 9_000)
  other.progress('nothing', 0, 0)
  expect(drawn.slice(4)).toEqual([
    '░░░░░░░░░░░░░░░░░░░░░░░░   0 %  0/9000  days',
    '░░░░░░░░░░░░░░░░░░░░░░░░   0 %  10/9000  1.0/s, 2.5 h left  days',
    '████████████████████████ 100 %  0/0  nothing',
  ])
})
