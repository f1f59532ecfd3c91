import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { $ } from 'bun'
import { version } from '../../package.json'
import { createTestDatabase } from '../support/database.ts'
import { newPhone } from '../support/people.ts'
import { type Executable, runExecutable, startExecutable } from '../support/process.ts'
import { photoForm } from '../support/uploads.ts'

const root = join(import.meta.dir, '../..')
let folder = ''
let binary: Executable
const run = (...args: string[]) => runExecutable(binary, args)

/** The executable gets an empty folder, two settings and a port. It can find no Bun, no Node and no packages. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'points-binary-'))
  const program = join(folder, 'restaurant-points')
  await $`${process.execPath} ops/build.ts --outfile ${program}`.cwd(root).quiet()
  const cwd = mkdtempSync(join(folder, 'empty-'))
  const env = {
    DATABASE_URL: await createTestDatabase(`points_binary_${process.pid}`),
    JWT_SECRET: 'k3J9-fQ2x_L8vZ1pWn7RtYb5Hc4Md6Sg0aEuIoTqXyA',
    PORT: '0',
    TMPDIR: folder,
  }
  binary = { command: [program], env, cwd }
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Data {
  access_token: string
  total_points: number
  remaining_points: number
  upload_id: string
  recognized_amount: string | null
}

/** Signs in and returns a function that calls the API. */
async function callerAt(url: string, phone: string) {
  let token = ''
  const call = async (path: string, body?: object): Promise<Data> => {
    const isForm = body instanceof FormData
    const response = await fetch(`${url}/api${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { Authorization: `Bearer ${token}`, ...(isForm ? {} : { 'Content-Type': 'application/json' }) },
      ...(body ? { body: isForm ? body : JSON.stringify(body) } : {}),
    })
    const { code, data } = (await response.json()) as { code: number; data: Data }
    expect([path, code]).toEqual([path, 0])
    return data
  }
  token = (await call('/auth/login', { phone, code: '123456' })).access_token
  return call
}

/** Fetches each file that a page or one of its files names, and adds it to `files`. */
async function fetchFiles(url: string, path: string, files: Set<string>): Promise<void> {
  const response = await fetch(url + path)
  if (path.startsWith('/assets/'))
    expect([path, response.status, response.headers.get('Content-Encoding')]).toEqual([path, 200, 'br'])
  for (const [file] of (await response.text()).matchAll(/\/assets\/[\w.-]+/g)) {
    if (files.has(file)) continue
    files.add(file)
    await fetchFiles(url, file, files)
  }
}

test('the executable prints its usage and its version', async () => {
  expect((await run('--help')).out).toContain('verify <base-url>')
  expect(await run('--version')).toMatchObject({ code: 0, out: `${version}\n` })
})

test('every command of the executable works on an empty database', async () => {
  expect(await run('migrate')).toMatchObject({ code: 0, out: 'The tables are up to date.\n' })
  expect((await run('seed')).out).toContain('20 sample products are installed')
  expect((await run('jobs', 'list')).out).toContain('reconcile')
  expect((await run('jobs', 'run', 'reconcile')).code).toBe(0)
  expect((await run('merchant', 'grant', newPhone())).err).toContain('No account')
  expect((await run('points', newPhone(), '+5', '--reason', 'x')).err).toContain('No account')
  expect(await run('reconcile')).toMatchObject({ code: 0 })
  expect((await run('health')).code).toBe(1)
  expect((await run('verify', 'http://127.0.0.1:1')).code).toBe(1)
  expect((await run('dance')).code).toBe(2)
})

test('the executable serves its pages, passes verify, keeps every balance over SIGKILL, and exits 0 on a stop', async () => {
  const phone = newPhone()
  const first = await startExecutable(binary)
  const verified = await run('verify', first.url)
  expect([verified.code, verified.out.match(/^(FAIL|skip)/gm)]).toEqual([0, null])
  const files = new Set<string>()
  for (const page of ['/', '/console', '/api/docs']) await fetchFiles(first.url, page, files)
  expect([...files].filter((file) => file.endsWith('.js')).length).toBeGreaterThan(10)
  expect(await (await fetch(`${first.url}/verify`)).text()).toContain('<script')
  const call = await callerAt(first.url, phone)
  const { remaining_points } = await call('/lottery/draw', { draw_type: 'triple' })
  expect((await run('merchant', 'grant', phone)).code).toBe(0)
  expect((await run('points', phone, '+40', '--reason', '补偿')).out).toContain(`${remaining_points + 40} points`)
  await first.kill('SIGKILL')

  const second = await startExecutable(binary)
  const again = await callerAt(second.url, phone)
  expect((await again('/user/status')).total_points).toBe(remaining_points + 40)
  expect((await run('reconcile')).code).toBe(0)
  const here = { ...binary, env: { ...binary.env, PORT: new URL(second.url).port } }
  expect(await runExecutable(here, ['health'])).toMatchObject({ code: 0, out: expect.stringContaining('"ready"') })
  expect(await second.kill('SIGTERM')).toBe(0)
})

test('the executable reads a receipt with its own models and library, and leaves none of them in its data folder', async () => {
  const program = await startExecutable(binary)
  const call = await callerAt(program.url, newPhone())
  const photo = await Bun.file(join(root, 'test/samples/08-faded.jpg')).bytes()
  let record = await call('/photo/upload', photoForm(photo, '36.50'))
  for (const deadline = Date.now() + 60_000; record.recognized_amount === null && Date.now() < deadline; ) {
    await Bun.sleep(100)
    record = await call(`/photo/review/${record.upload_id}`)
  }
  expect(record.recognized_amount).toBe('36.50')
  expect(readdirSync(join(binary.cwd ?? '', '.data/reader'))).toEqual([])
  await program.kill()
}, 90_000)
