import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { $ } from 'bun'
import { version } from '../../package.json'
import { useCommands } from '../support/commands.ts'
import { runCommand } from '../support/process.ts'

const commands = useCommands()
const { run } = commands

describe('the command line', () => {
  test('the command line prints its usage and its version without a database', async () => {
    const nowhere = { DATABASE_URL: 'mysql://u:p@127.0.0.1:1/x' }
    expect((await runCommand(['--help'], nowhere)).out).toContain('reconcile [--repair')
    expect(await runCommand(['--version'], nowhere)).toMatchObject({ code: 0, out: `${version}\n` })
  })

  test.each([
    [['staff']],
    [['staff', 'list', 'all']],
    [['staff', 'grant', '13800138000']],
    [['staff', 'grant', '13800138000', 'boss']],
    [['staff', 'grant', '123', 'owner']],
    [['staff', 'revoke']],
    [['audit', '--from']],
    [['audit', '--from', 'today']],
    [['audit', '--who', '13800138000']],
    [['audit', 'all']],
    [['merchant']],
    [['merchant', 'grant']],
    [['merchant', 'grant', '123']],
    [['account', 'close', '13800138000']],
    [['account', 'stop', '123']],
    [['points', '13800138000']],
    [['points', '13800138000', '5']],
    [['points', '13800138000', '1.5', '--reason', 'x']],
    [['points', '13800138000', '0', '--reason', 'x']],
    [['points', '13800138000', '1000001', '--reason', 'x']],
    [['points', '13800138000', '5', '--reason', 'one\ntwo']],
    [['verify', 'nowhere']],
    [['verify', 'http://localhost', '--all']],
    [['health', 'now']],
    [['images', 'list']],
    [['images', 'sweep']],
    [['images', 'sweep', '-1']],
    [['images', 'adopt', 'now']],
    [['images', 'restore', 'a', 'b']],
    [['reconcile', '--all']],
    [['reconcile', '--repair', 'all']],
    [['serve', '--port', '80']],
    [['migrate', 'now']],
    [['seed', '--dry-run']],
    [['jobs']],
    [['jobs', 'run', 'dance']],
  ])('the command %p is refused with exit 2, and its usage alone is printed', async (args) => {
    const { code, err } = await run(...args)
    const usage = err.split('\nUsage:\n')[1]?.trimEnd().split('\n') ?? []
    const calls = usage.filter((line) => /^ {2}\S/.test(line))
    expect([code, calls.length > 0]).toEqual([2, true])
    expect(calls.filter((line) => !line.startsWith(`  ${args[0]}`))).toEqual([])
  })

  test.each([
    [['reconcil'], 'There is no command reconcil. Did you mean reconcile?\n'],
    [['migarte'], 'There is no command migarte. Did you mean migrate?\n'],
    [['version'], 'There is no command version. Did you mean --version?\n'],
    [['dance'], 'There is no command dance. --help lists them all.\n'],
    [['constructor'], 'There is no command constructor. --help lists them all.\n'],
    [['__proto__'], 'There is no command __proto__. --help lists them all.\n'],
    [['x'.repeat(100_000)], `There is no command ${'x'.repeat(40)}. --help lists them all.\n`],
  ])('an unknown command is answered in one line, with the nearest one if there is any', async (args, line) => {
    expect(await run(...args)).toEqual({ code: 2, out: '', err: line })
  })

  test.each([
    [['staff', 'lst'], 'Did you mean list?'],
    [['audit', '--acion', 'x'], 'Did you mean --action?'],
    [['images', 'seep', '5'], 'Did you mean sweep?'],
    [['reconcile', '--repiar'], 'Did you mean --repair?'],
    [['seeds', 'made', 'file'], 'Did you mean make?'],
  ])('a command with a mistyped word, as %p, is answered with the word that was meant', async (args, question) => {
    const { code, err } = await run(...args)
    expect([code, err.split('\n')[0]]).toEqual([2, expect.stringContaining(question)])
  })

  test('a command goes on to its end when its reader closes the pipe', async () => {
    const main = join(import.meta.dir, '../../src/main.ts')
    const { stderr, exitCode } = await $`${process.execPath} ${main} verify http://127.0.0.1:1 | head -1`
      .quiet()
      .nothrow()
    expect([stderr.toString(), exitCode]).toEqual(['', 0])
  })

  test('the command jobs lists the jobs and runs one, and the list then shows that run', async () => {
    expect((await run('jobs', 'list')).out).toContain('last: never; due: now')
    expect(await run('jobs', 'run', 'purge')).toMatchObject({ code: 0, out: expect.stringContaining('purge: 0 rows.') })
    const { out } = await run('jobs', 'list')
    expect(out).toMatch(/purge .+\n +last: \d{4}-.+ 0 rows; due: \d{4}-/)
  })

  test('the command jobs does not run a job that another process is running', async () => {
    await commands.database.query(
      `REPLACE INTO leases VALUES ('reconcile', 'someone', 7, UTC_TIMESTAMP(3) + INTERVAL 1 MINUTE)`,
    )
    const { code, err } = await run('jobs', 'run', 'reconcile')
    expect([code, err]).toEqual([1, 'reconcile is running already, here or on another replica.\n'])
  })

  test('an unreachable database is reported in one line, without its password', async () => {
    const { code, err } = await runCommand(['migrate'], { DATABASE_URL: 'mysql://app:hunter2@127.0.0.1:1/points' })
    expect(code).toBe(1)
    expect(err.trim().split('\n')).toHaveLength(1)
    expect(err).toContain("The database at 127.0.0.1:1 can't be reached")
    expect(err).not.toContain('hunter2')
  })

  test('a database that refuses the program, or a folder that can’t be used, is reported in one line', async () => {
    const { port, hostname } = new URL(commands.databaseUrl)
    const socket = new URL(commands.databaseUrl).search
    const refused = [
      { DATABASE_URL: `mysql://nobody:hunter2@${hostname}${port && `:${port}`}/points${socket}` },
      { DATABASE_URL: Object.assign(new URL(commands.databaseUrl), { pathname: '/no_such_database' }).toString() },
    ]
    for (const settings of refused) {
      const { code, err } = await runCommand(['migrate'], settings)
      expect([code, err.trim().split('\n')]).toEqual([1, [expect.stringMatching(/refuses us \(ER_\w+\)/)]])
      expect(err).not.toContain('hunter2')
    }
    const inTheWay = join(import.meta.dir, '../run.ts')
    const { code, err } = await runCommand(['migrate'], { DATA_DIR: inTheWay, NODE_ENV: 'development' })
    expect([code, err.trim().split('\n')]).toEqual([1, [expect.stringContaining("DATA_DIR can't be used (")]])
  })

  test('all faults of the environment are reported at once', async () => {
    const { code, err } = await runCommand(['migrate'], { NODE_ENV: 'production', PORT: 'x', JWT_SECRET: '' })
    expect(code).toBe(1)
    for (const name of ['PORT', 'DATABASE_URL', 'JWT_SECRET', 'SMS_PROVIDER']) expect(err).toContain(`- ${name}:`)
  })
})
