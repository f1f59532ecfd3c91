import { describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../src/db/client.ts'
import { findMismatches } from '../../src/reconcile/checks.ts'
import { createDiskStore } from '../../src/storage/disk-store.ts'
import { useCommands } from '../support/commands.ts'
import { createTestDatabase } from '../support/database.ts'
import { newPhone } from '../support/people.ts'
import { runCommand } from '../support/process.ts'

const commands = useCommands()
const { run, start, account } = commands

describe('commands', () => {
  test('the commands migrate and seed do their work only once', async () => {
    expect((await run('migrate')).code).toBe(0)
    expect((await run('seed')).out).toContain('20 sample products are installed')
    expect((await run('seed')).out).toContain('no sample was added')
    expect(await commands.database.query('SELECT 1 FROM products')).toHaveLength(20)
    expect(await commands.database.query('SELECT 1 FROM lottery_prizes')).toHaveLength(8)
    expect(await findMismatches(commands.database)).toEqual([])
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
    await commands.database.query('DELETE FROM audit_log')
    expect((await run('account', 'stop', phone)).out).toContain('is now stopped')
    expect((await run('account', 'stop', phone)).out).toContain('already')
    expect(await commands.database.query('SELECT status FROM users WHERE mobile = ?', [phone])).toEqual([
      { status: 'banned' },
    ])
    expect((await run('account', 'restore', phone)).out).toContain('is now open')
    expect(await commands.database.query('SELECT status FROM users WHERE mobile = ?', [phone])).toEqual([
      { status: 'active' },
    ])
    const deeds = await commands.database.query<{ action: string }>('SELECT action FROM audit_log ORDER BY audit_id')
    expect(deeds.map(({ action }) => action)).toEqual(['account.banned', 'account.active'])
    await commands.database.query('DELETE FROM audit_log')
    expect(await run('account', 'stop', '13999999999')).toMatchObject({ code: 1, out: '' })
  })

  test('the command merchant grants and revokes, and the audit log records it', async () => {
    const phone = await account()
    expect((await run('merchant', 'grant', phone)).out).toContain('is now a merchant')
    expect((await run('merchant', 'grant', phone)).out).toContain('already')
    expect((await run('merchant', 'revoke', phone)).out).toContain('no merchant')
    const deeds = await commands.database.query<{ action: string }>('SELECT action FROM audit_log ORDER BY audit_id')
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
    expect(await findMismatches(commands.database)).toEqual([])
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
    expect(await findMismatches(commands.database)).toEqual([])
  })

  test('the command reconcile exits 1 on a mismatch, repairs it when told to, and then finds nothing', async () => {
    await account()
    expect((await run('reconcile')).code).toBe(0)
    await commands.database.query('UPDATE users SET total_points = total_points + 7')
    await commands.database.query('UPDATE products SET stock = stock + 1 WHERE commodity_id = 1')
    const found = await run('reconcile')
    expect(found.code).toBe(1)
    expect(found.out).toContain('MISMATCH a balance is the sum of its ledger')
    expect(found.out).toContain('MISMATCH a stock is the sum of its movements: 1')
    expect((await run('reconcile', '--repair')).code).toBe(1)
    expect((await run('reconcile')).code).toBe(0)
  })

  test('the command images shows unknown images, sweeps only those of this installation, and brings them back', async () => {
    const DATA_DIR = mkdtempSync(join(tmpdir(), 'restaurant-points-images-'))
    const images = (...args: string[]) =>
      runCommand(['images', ...args], { DATABASE_URL: commands.databaseUrl, DATA_DIR })
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
    const program = await start()
    const { code, out } = await run('verify', program.url)
    expect([code, out.match(/^(FAIL|skip)/gm), out.match(/^ok /gm)?.length]).toEqual([0, null, 14])
    expect(await program.kill('SIGTERM')).toBe(0)
    expect((await run('verify', program.url)).code).toBe(1)
  })
})
