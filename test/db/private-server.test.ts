import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { newPhone } from '../support/people.ts'
import { type Program, runCommand, runExecutable, source, startProgram } from '../support/process.ts'
import { until } from '../support/sockets.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'points-private-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const start = () => startProgram({ DATA_DIR: dir, NODE_ENV: 'development', JWT_SECRET: '' })
const post = async (program: Program, path: string, body: object, token = '') => {
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` }
  const response = await fetch(`${program.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return (await response.json()) as {
    code: number
    data: { access_token: string; user_info: { total_points: number } }
  }
}
const serverPid = () => Number(readFileSync(join(dir, 'database/server.pid'), 'utf8'))
const isGone = (pid: number) => {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8').includes('State:\tZ')
  } catch {
    return true
  }
}
const gone = async (pid: number) => {
  for (const deadline = Date.now() + 10_000; !isGone(pid) && Date.now() < deadline; ) await Bun.sleep(50)
  return isGone(pid)
}

/** Runs a command where no host name can be resolved, not even the machine's own. It needs the right to make namespaces. */
const hideNames = 'hostname nowhere && for f in hosts resolv.conf; do mount --bind /dev/null /etc/$f || exit; done'
const withoutNames = ['unshare', '--uts', '--mount', 'sh', '-c', `${hideNames} && exec "$@"`, 'sh']
const canHideNames = Bun.which('unshare') !== null && Bun.spawnSync([...withoutNames, 'true']).success

describe('the embedded default', () => {
  test('data and sign-ins survive a restart, no process stays behind, and the service starts again', async () => {
    const first = await start()
    const phone = newPhone()
    const { data } = await post(first, '/api/auth/login', { phone, code: '123456' })
    await post(first, '/api/user/check-in', {}, data.access_token)
    const pid = serverPid()
    expect(await first.kill('SIGINT')).toBe(0)
    expect(await gone(pid)).toBe(true)

    const second = await start()
    const again = await post(second, '/api/auth/login', { phone, code: '123456' })
    expect(again.data.user_info.total_points).toBe(1050)
    const info = await fetch(`${second.url}/api/user/info`, {
      headers: { Authorization: `Bearer ${data.access_token}` },
    })
    expect(((await info.json()) as { code: number }).code).toBe(0)
    await second.kill()
  })

  test('after SIGKILL the database server stops, and the next start has everything that was answered', async () => {
    const first = await start()
    const phone = newPhone()
    await post(first, '/api/auth/login', { phone, code: '123456' })
    const pid = serverPid()
    await first.kill('SIGKILL')
    expect(await gone(pid)).toBe(true)
    const second = await start()
    expect((await post(second, '/api/auth/login', { phone, code: '123456' })).data.user_info.total_points).toBe(1000)
    await second.kill()
  })

  test('one of two programs that start together runs the server, and no server stays behind', async () => {
    const two = await Promise.all([start(), start()])
    for (const program of two) {
      const { code } = await post(program, '/api/auth/login', { phone: newPhone(), code: '123456' })
      expect(code).toBe(0)
    }
    const pid = serverPid()
    await Promise.all(two.map((program) => program.kill('SIGINT')))
    expect(await gone(pid)).toBe(true)
    const again = await runCommand(['reconcile'], { DATA_DIR: dir, NODE_ENV: 'development', JWT_SECRET: '' })
    expect([again.code, existsSync(join(dir, 'database/server.pid'))]).toEqual([0, false])
  })

  test.each(['SIGINT', 'SIGKILL'] as const)(
    'another program takes over the private server when the one that runs it ends by %s',
    async (signal) => {
      const owner = await start()
      const [second, third] = await Promise.all([start(), start()])
      const phone = newPhone()
      await post(owner, '/api/auth/login', { phone, code: '123456' })
      const pid = serverPid()
      await owner.kill(signal)
      expect(await gone(pid)).toBe(true)
      for (const program of [second, third]) {
        await until(async () => (await fetch(`${program.url}/health`)).status === 200, 20_000)
        const { data } = await post(program, '/api/auth/login', { phone, code: '123456' })
        expect(data.user_info.total_points).toBe(1000)
      }
      const taken = (program: Program) => program.output().includes('this one runs it from now on')
      expect([second, third].filter(taken)).toHaveLength(1)
      const successor = serverPid()
      // The one that runs it ends last: the other would rightly take it over once more, also while it is stopping.
      for (const program of taken(second) ? [third, second] : [second, third]) expect(await program.kill()).toBe(0)
      expect(await gone(successor)).toBe(true)
    },
  )

  test('a second program can join before the first one has made the database', async () => {
    const program = await start()
    const connection = await createConnection({ socketPath: join(dir, 'database/server.sock'), user: 'root' })
    await connection.query('DROP DATABASE restaurant_points')
    await connection.end()
    const { code, out } = await runCommand(['migrate'], { DATA_DIR: dir, NODE_ENV: 'development', JWT_SECRET: '' })
    expect([code, out]).toEqual([0, expect.stringContaining('up to date')])
    await program.kill()
  })

  test('a server that is killed is started again', async () => {
    const program = await start()
    const phone = newPhone()
    await post(program, '/api/auth/login', { phone, code: '123456' })
    process.kill(serverPid(), 'SIGKILL')
    await until(async () => (await fetch(`${program.url}/health`)).status === 503, 5_000)
    await until(async () => (await fetch(`${program.url}/health`)).status === 200, 20_000)
    expect((await post(program, '/api/auth/login', { phone, code: '123456' })).data.user_info.total_points).toBe(1000)
    const pid = serverPid()
    expect(await program.kill('SIGINT')).toBe(0)
    expect(await gone(pid)).toBe(true)
  })

  test('the next start ends a server that a killed program left behind', async () => {
    const first = await start()
    const pid = serverPid()
    process.kill(pid, 'SIGSTOP')
    await first.kill('SIGKILL')
    const second = await start()
    expect(await gone(pid)).toBe(true)
    await second.kill()
  }, 30_000)

  test('a process that has the pid of a dead server is left alone', async () => {
    mkdirSync(join(dir, 'database'))
    const stranger = Bun.spawn(['sleep', '60'])
    writeFileSync(join(dir, 'database/server.pid'), `${stranger.pid}`)
    const { code } = await runCommand(['migrate'], { DATA_DIR: dir, NODE_ENV: 'development', JWT_SECRET: '' })
    expect([code, stranger.exitCode, stranger.signalCode]).toEqual([0, null, null])
    stranger.kill()
  })

  test('a command can join while the service runs, and the service goes on', async () => {
    const program = await start()
    const phone = newPhone()
    await post(program, '/api/auth/login', { phone, code: '123456' })
    const settings = { DATA_DIR: dir, NODE_ENV: 'development', JWT_SECRET: '' }
    expect((await runCommand(['merchant', 'grant', phone], settings)).out).toContain('is now a merchant')
    expect((await post(program, '/api/auth/login', { phone, code: '123456' })).code).toBe(0)
    await program.kill()
    expect((await runCommand(['reconcile'], settings)).code).toBe(0)
  })

  test.each([
    ['is too long for a unix socket', 'd'.repeat(90)],
    ['is too long for one in bytes alone', '积分'.repeat(12)],
    ['has a colon', 'points:2'],
    ['has blanks', 'my points  of today'],
    ['has what a shell would read otherwise', `a $HOME 'b' "c" * \\t;&`],
  ])('the private database works in a folder whose path %s', async (_, folder) => {
    const deep = join(dir, folder)
    const { code, out } = await runCommand(['migrate'], { DATA_DIR: deep, NODE_ENV: 'development' })
    expect([code, out.includes('up to date')]).toEqual([0, true])
  })

  test.skipIf(!canHideNames)(
    'the private database starts where neither the machine’s name nor localhost resolves',
    async () => {
      const { command, env } = source({ DATA_DIR: dir, NODE_ENV: 'development', JWT_SECRET: '' })
      const { code, out, err } = await runExecutable({ command: [...withoutNames, ...command], env }, ['migrate'])
      expect([code, out.includes('up to date')], err).toEqual([0, true])
    },
  )

  test('a server keeps its temporary tables while another one starts', async () => {
    const program = await start()
    const connection = await createConnection({ socketPath: join(dir, 'database/server.sock'), user: 'root' })
    await connection.query('CREATE TEMPORARY TABLE restaurant_points.kept (n INT) ENGINE=MyISAM')
    await connection.query('INSERT INTO restaurant_points.kept VALUES (7)')
    await runCommand(['migrate'], { DATA_DIR: join(dir, 'another'), NODE_ENV: 'development' })
    await connection.query('FLUSH TABLES')
    const [rows] = await connection.query('SELECT n FROM restaurant_points.kept')
    expect(rows).toMatchObject([{ n: 7 }])
    await connection.query('DROP TEMPORARY TABLE restaurant_points.kept')
    await connection.end()
    await program.kill()
  })

  test('nobody else can read the private database’s files', async () => {
    await runCommand(['migrate'], { DATA_DIR: dir, NODE_ENV: 'development', JWT_SECRET: '' })
    const mode = (path: string) =>
      Bun.file(join(dir, path))
        .stat()
        .then((stat) => stat.mode & 0o077)
    expect(existsSync(join(dir, 'jwt-secret'))).toBe(true)
    const paths = ['jwt-secret', 'database', 'database/data', 'database/tmp']
    expect(await Promise.all(paths.map(mode))).toEqual([0, 0, 0, 0])
  })
})
