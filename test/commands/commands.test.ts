import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { $ } from 'bun'
import { version } from '../../package.json'
import { type Database, openDatabase } from '../../src/db/client.ts'
import { findMismatches } from '../../src/reconcile/checks.ts'
import { createDiskStore } from '../../src/storage/disk-store.ts'
import { createTestDatabase } from '../support/database.ts'
import { requestsUnderWay } from '../support/figures.ts'
import { newPhone } from '../support/people.ts'
import { runCommand, startProgram } from '../support/process.ts'

let DATABASE_URL: string
let database: Database
const run = (...args: string[]) => runCommand(args, { DATABASE_URL })

beforeAll(async () => {
  DATABASE_URL = await createTestDatabase(`points_commands_${process.pid}`)
  database = openDatabase({ address: { uri: DATABASE_URL }, poolSize: 2 })
})
afterAll(() => database.close())

async function account(): Promise<string> {
  const phone = newPhone()
  const program = await startProgram({ DATABASE_URL })
  await fetch(`${program.url}/api/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ phone, code: '123456' }),
  })
  await program.kill()
  return phone
}

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
    await database.query(`REPLACE INTO leases VALUES ('reconcile', 'someone', 7, UTC_TIMESTAMP(3) + INTERVAL 1 MINUTE)`)
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
    const { port, hostname } = new URL(DATABASE_URL)
    const socket = new URL(DATABASE_URL).search
    const refused = [
      { DATABASE_URL: `mysql://nobody:hunter2@${hostname}${port && `:${port}`}/points${socket}` },
      { DATABASE_URL: Object.assign(new URL(DATABASE_URL), { pathname: '/no_such_database' }).toString() },
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

describe('commands', () => {
  test('the commands migrate and seed do their work only once', async () => {
    expect((await run('migrate')).code).toBe(0)
    expect((await run('seed')).out).toContain('20 sample products are installed')
    expect((await run('seed')).out).toContain('no sample was added')
    expect(await database.query('SELECT 1 FROM products')).toHaveLength(20)
    expect(await database.query('SELECT 1 FROM lottery_prizes')).toHaveLength(8)
    expect(await findMismatches(database)).toEqual([])
  })

  test('the command seed adds no sample to a restaurant’s own catalogue', async () => {
    const own = await createTestDatabase(`points_own_${process.pid}`)
    const seed = () => runCommand(['seed'], { DATABASE_URL: own })
    await runCommand(['migrate'], { DATABASE_URL: own })
    const there = openDatabase({ address: { uri: own }, poolSize: 1 })
    await there.query("INSERT INTO products (name, category, exchange_points) VALUES ('红烧肉', '热菜', 10)")
    expect((await seed()).out).toContain('no sample was added')
    expect(await there.query('SELECT 1 FROM products')).toHaveLength(1)
    await there.close()
  })

  test('the command account stops and restores an account, and the audit log records it', async () => {
    const phone = await account()
    await database.query('DELETE FROM audit_log')
    expect((await run('account', 'stop', phone)).out).toContain('is now stopped')
    expect((await run('account', 'stop', phone)).out).toContain('already')
    expect(await database.query('SELECT status FROM users WHERE mobile = ?', [phone])).toEqual([{ status: 'banned' }])
    expect((await run('account', 'restore', phone)).out).toContain('is now open')
    expect(await database.query('SELECT status FROM users WHERE mobile = ?', [phone])).toEqual([{ status: 'active' }])
    const deeds = await database.query<{ action: string }>('SELECT action FROM audit_log ORDER BY audit_id')
    expect(deeds.map(({ action }) => action)).toEqual(['account.banned', 'account.active'])
    await database.query('DELETE FROM audit_log')
    expect(await run('account', 'stop', '13999999999')).toMatchObject({ code: 1, out: '' })
  })

  test('the command merchant grants and revokes, and the audit log records it', async () => {
    const phone = await account()
    expect((await run('merchant', 'grant', phone)).out).toContain('is now a merchant')
    expect((await run('merchant', 'grant', phone)).out).toContain('already')
    expect((await run('merchant', 'revoke', phone)).out).toContain('no merchant')
    const deeds = await database.query<{ action: string }>('SELECT action FROM audit_log ORDER BY audit_id')
    expect(deeds.map(({ action }) => action)).toEqual(['staff.grant', 'staff.revoke'])
    expect(await run('merchant', 'grant', '13999999999')).toMatchObject({ code: 1, out: '' })
  })

  test('the command staff gives roles, also to a phone without an account, shows them and takes them away', async () => {
    const phone = newPhone()
    expect((await run('staff', 'list')).out).toContain('Nobody has a role.')
    expect((await run('staff', 'grant', phone, 'owner')).out).toContain(`${phone} is now owner.`)
    expect((await run('staff', 'grant', phone, 'owner')).out).toContain(`${phone} was owner already.`)
    expect((await run('staff', 'list')).out).toMatch(new RegExp(`^${phone}  owner  +since 2\\d{3}-`, 'm'))
    const last = await run('staff', 'revoke', phone)
    expect([last.code, last.err]).toEqual([1, '至少要保留一位店主\n'])
    expect((await run('merchant', 'grant', phone)).out).toContain('already')
    const [other, former] = [newPhone(), newPhone()]
    await run('staff', 'grant', other, 'owner')
    expect((await run('staff', 'revoke', phone)).out).toContain(`${phone} is no owner any more.`)
    expect((await run('staff', 'revoke', phone)).out).toContain(`${phone} had no role.`)
    expect(await run('staff', 'revoke', former)).toMatchObject({ code: 1, out: '' })
    expect(await findMismatches(database)).toEqual([])
  })

  test('the command audit shows what was done, by whom, and takes filters', async () => {
    const phone = newPhone()
    await run('staff', 'grant', phone, 'cashier')
    await run('points', phone, '+5', '--reason', '补偿')
    const { out } = await run('audit', '--action', 'points.adjust', '--limit', '1')
    expect(out).toMatch(
      /^2\S+Z {2}system:\S+ {2}- {2}points\.adjust {2}user:\d+ {2}\{"total_points":1000\} {2}\{"total_points":1005\} /m,
    )
    expect(out).toMatch(/^Page 1 of \d+, \d+ rows\.$/m)
    expect((await run('audit', '--actor', phone)).out).toContain('Page 1 of 0, 0 rows.')
    expect(await run('audit', '--actor', '13999999998')).toMatchObject({ code: 1, out: '' })
  })

  test('the command points corrects a balance with a ledger row, and never below zero', async () => {
    const phone = await account()
    expect((await run('points', phone, '+250', '--reason', '补偿')).out).toContain('1250 points')
    expect((await run('points', phone, '-1250', '--reason', '更正')).out).toContain('0 points')
    const short = await run('points', phone, '-1', '--reason', 'x')
    expect([short.code, short.err]).toEqual([1, '积分不足，需要 1 积分，当前 0 积分\n'])
    expect(await findMismatches(database)).toEqual([])
  })

  test('the command reconcile exits 1 on a mismatch, repairs it when told to, and then finds nothing', async () => {
    await account()
    expect((await run('reconcile')).code).toBe(0)
    await database.query('UPDATE users SET total_points = total_points + 7')
    await database.query('UPDATE products SET stock = stock + 1 WHERE commodity_id = 1')
    const found = await run('reconcile')
    expect(found.code).toBe(1)
    expect(found.out).toContain('MISMATCH a balance is the sum of its ledger')
    expect(found.out).toContain('MISMATCH a stock is the sum of its movements: 1')
    expect((await run('reconcile', '--repair')).code).toBe(1)
    expect((await run('reconcile')).code).toBe(0)
  })

  test('the command images shows unknown images, sweeps only those of this installation, and brings them back', async () => {
    const DATA_DIR = mkdtempSync(join(tmpdir(), 'restaurant-points-images-'))
    const images = (...args: string[]) => runCommand(['images', ...args], { DATABASE_URL, DATA_DIR })
    const store = createDiskStore(join(DATA_DIR, 'images'))
    const old = new Date(Date.now() - 2 * 3_600_000)
    for (const key of ['receipts/A.jpg', 'receipts/B.jpg']) {
      await store.put(key, new Uint8Array([1]))
      utimesSync(join(DATA_DIR, 'images', key), old, old)
    }
    expect((await images()).out).toContain('2 images, 0 of them known, 2 unknown; 10 are put away at once.')
    const refused = { code: 1, out: '', err: expect.stringMatching(/^the image store is not known .+ `images`\n$/) }
    expect(await images('sweep', '5')).toEqual(refused)
    expect((await images('adopt')).out).toContain('belongs to this database now')
    expect(await images('sweep', '1')).toMatchObject({ code: 1, err: expect.stringContaining('2 of 2 images') })
    expect((await images('sweep', '2')).out).toContain('2 put away, 0 brought back, 0 removed')
    expect((await images()).out).toMatch(/They belong together\.\n0 images.+\nquarantine +receipts\/A\.jpg since 2/)
    expect((await images('restore', 'receipts/A.jpg')).out).toContain('1 brought back.\nNo row knows 1 of them')
    expect(await images('restore', 'receipts/A.jpg')).toMatchObject({ code: 1, out: '' })
    expect((await images('restore')).out).toContain('1 brought back.')
    expect(await store.get('receipts/B.jpg')).toEqual(new Uint8Array([1]))
    rmSync(DATA_DIR, { recursive: true })
  })

  test('the command verify passes for a running service, and fails when none is running', async () => {
    const program = await startProgram({ DATABASE_URL })
    const { code, out } = await run('verify', program.url)
    expect([code, out.match(/^(FAIL|skip)/gm), out.match(/^ok /gm)?.length]).toEqual([0, null, 14])
    expect(await program.kill('SIGTERM')).toBe(0)
    expect((await run('verify', program.url)).code).toBe(1)
  })
})

describe('serve', () => {
  test('the start names the command that makes an owner, while there is none', async () => {
    const own = await createTestDatabase(`points_owner_${process.pid}`)
    const started = async () => {
      const program = await startProgram({ DATABASE_URL: own })
      expect(await program.kill('SIGTERM')).toBe(0)
      return program.output()
    }
    const words = 'staff grant <mobile> owner'
    expect(await started()).toContain(words)
    expect((await runCommand(['staff', 'grant', newPhone(), 'owner'], { DATABASE_URL: own })).code).toBe(0)
    expect(await started()).not.toContain(words)
  })

  test('the service answers the requests it has taken before it stops, and exits 0', async () => {
    const phone = await account()
    const program = await startProgram({ DATABASE_URL })
    const blocker = await database.acquire()
    await blocker.query('START TRANSACTION')
    await blocker.query('SELECT * FROM users WHERE mobile = ? FOR UPDATE', [phone])
    const body = JSON.stringify({ phone, code: '123456' })
    const headers = { 'Content-Type': 'application/json' }
    const answer = fetch(`${program.url}/api/auth/login`, { method: 'POST', headers, body })
    await requestsUnderWay(program.url, 1)
    const exit = program.kill('SIGINT')
    await Bun.sleep(200)
    await blocker.query('COMMIT')
    blocker.release()
    expect(((await (await answer).json()) as { code: number }).code).toBe(0)
    expect(await exit).toBe(0)
  })

  test('the service does not start when the guaranteed prize is gone, or the port is taken', async () => {
    await database.query("UPDATE lottery_prizes SET status = 'inactive' WHERE prize_id = 3")
    const failed = await run('serve')
    await database.query("UPDATE lottery_prizes SET status = 'active' WHERE prize_id = 3")
    expect([failed.code, failed.err.trim()]).toEqual([
      1,
      'The guaranteed prize (id 3) is not an active prize of the wheel.',
    ])
    const program = await startProgram({ DATABASE_URL })
    const second = await runCommand(['serve'], { DATABASE_URL, PORT: new URL(program.url).port })
    expect([second.code, second.err.split('\n').length]).toEqual([1, 2])
    await program.kill()
  })
})
