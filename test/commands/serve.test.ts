import { describe, expect, test } from 'bun:test'
import { useCommands } from '../support/commands.ts'
import { createTestDatabase } from '../support/database.ts'
import { requestsUnderWay } from '../support/figures.ts'
import { newPhone } from '../support/people.ts'
import { runCommand, startProgram } from '../support/process.ts'

const commands = useCommands()
const { run, start, account } = commands

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
    const program = await start()
    const blocker = await commands.database.acquire()
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
    await commands.database.query("UPDATE lottery_prizes SET status = 'inactive' WHERE prize_id = 3")
    const failed = await run('serve')
    await commands.database.query("UPDATE lottery_prizes SET status = 'active' WHERE prize_id = 3")
    expect([failed.code, failed.err.trim()]).toEqual([
      1,
      'The guaranteed prize (id 3) is not an active prize of the wheel.',
    ])
    const program = await start()
    const second = await runCommand(['serve'], { DATABASE_URL: commands.databaseUrl, PORT: new URL(program.url).port })
    expect([second.code, second.err.split('\n').length]).toEqual([1, 2])
    await program.kill()
  })
})
