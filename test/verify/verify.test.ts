import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../src/db/client.ts'
import { createTestDatabase } from '../support/database.ts'
import { newPhone } from '../support/people.ts'
import { type Program, runCommand, type Settings, startProgram } from '../support/process.ts'
import { startProxy } from '../support/proxy.ts'

let DATABASE_URL: string
const folder = mkdtempSync(join(tmpdir(), 'points-verify-'))
beforeAll(async () => {
  DATABASE_URL = await createTestDatabase(`points_verify_${process.pid}`)
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs `verify` on `url`. Returns its exit code and the names of its checks by outcome. */
async function verify(url: string, ...options: string[]) {
  const { code, out } = await runCommand(['verify', url, ...options], {})
  const named = (outcome: string) =>
    [...out.matchAll(new RegExp(`^${outcome} +([^:]+):`, 'gm'))].map(([, name]) => name ?? '')
  return { code, out, failed: named('FAIL'), skipped: named('skip') }
}

async function withProgram(settings: Settings, work: (program: Program) => Promise<void>): Promise<void> {
  const program = await startProgram({ DATABASE_URL, ...settings })
  try {
    await work(program)
  } finally {
    await program.kill()
  }
}

test('another kind of web server fails every check', async () => {
  const other = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('<h1>It works!</h1>') })
  const { code, failed, out } = await verify(other.url.toString())
  await other.stop(true)
  expect(code).toBe(1)
  expect(failed.length).toBe(out.match(/^(ok|FAIL)/gm)?.length ?? 0)
  expect(out).toContain('FAIL  health: HTTP 200 with text/plain, where JSON is expected')
})

test('a deployment without its database fails the checks that need it, and each says why', async () => {
  const proxy = await startProxy(DATABASE_URL)
  await withProgram({ DATABASE_URL: proxy.url }, async ({ url }) => {
    proxy.stop()
    const { code, failed, out } = await verify(url)
    expect([code, failed]).toEqual([1, ['health', 'login', 'metrics']])
    expect(out).toMatch(/^FAIL {2}health: expected healthy, got unhealthy, database away/m)
  })
})

test('an empty token file is refused', async () => {
  const file = join(folder, 'empty-token')
  writeFileSync(file, '\n')
  const { code, err } = await runCommand(['verify', 'http://127.0.0.1:1', '--token-file', file], {})
  expect([code, err]).toEqual([1, `${file} holds no token.\n`])
})

test('a deployment that can’t store images fails', async () => {
  const DATA_DIR = mkdtempSync(join(folder, 'data-'))
  writeFileSync(join(DATA_DIR, 'images'), 'in the way')
  await withProgram({ DATA_DIR }, async ({ url }) => {
    const { code, failed } = await verify(url)
    expect([code, failed]).toEqual([1, ['health', 'storage', 'an image is kept and served']])
  })
})

test('a deployment whose proxy blocks sockets fails', async () => {
  await withProgram({}, async ({ url }) => {
    const way = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: async ({ url: asked, method, headers, body }) => {
        const { pathname } = new URL(asked)
        if (pathname === '/ws') return new Response('no', { status: 502 })
        return fetch(`${url}${pathname}`, { method, headers, body, decompress: false } as RequestInit)
      },
    })
    const { code, failed } = await verify(way.url.toString())
    await way.stop(true)
    expect([code, failed]).toEqual([1, ['socket is for callers', 'socket']])
  })
})

test('in production verify signs nobody in, requires locked metrics, and with a token changes nothing', async () => {
  const sent: { code: string }[] = []
  const endpoint = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: async (request) => {
      sent.push((await request.json()) as { code: string })
      return new Response('{}')
    },
  })
  const production: Settings = {
    NODE_ENV: 'production',
    JWT_SECRET: 'k3J9-fQ2x_L8vZ1pWn7RtYb5Hc4Md6Sg0aEuIoTqXyA',
    SMS_PROVIDER: 'webhook',
    SMS_WEBHOOK_URL: endpoint.url.toString(),
  }
  await withProgram(production, async ({ url, output }) => {
    const { code, failed, skipped } = await verify(url)
    expect([code, failed]).toEqual([0, []])
    expect(skipped).toEqual(['wheel, exchange list, socket', 'an image is kept and served'])
    expect((await fetch(`${url}/metrics`)).status).toBe(404)
    expect(output()).toContain('METRICS_TOKEN is not set')
    const careless = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: ({ url: asked, method, headers, body }) => {
        const { pathname } = new URL(asked)
        return pathname === '/metrics'
          ? new Response('figures 1')
          : fetch(`${url}${pathname}`, { method, headers, body })
      },
    })
    expect((await verify(careless.url.toString())).failed).toContain('metrics')
    await careless.stop(true)
  })
  await withProgram({ ...production, METRICS_TOKEN: 'metrics-token-0123456789' }, async ({ url }) => {
    const phone = newPhone()
    const post = async (path: string, body: object) => {
      const headers = { 'Content-Type': 'application/json' }
      const answer = await fetch(`${url}/api/auth${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
      return ((await answer.json()) as { data: { access_token: string } }).data
    }
    await post('/send-code', { phone })
    const { access_token } = await post('/login', { phone, code: sent[0]?.code })
    const file = join(folder, 'token')
    writeFileSync(file, `${access_token}\n`)
    const before = await contents()
    const { code, failed, skipped, out } = await verify(url, '--token-file', file)
    expect([code, failed, skipped]).toEqual([0, [], ['an image is kept and served']])
    expect(out).not.toContain(access_token)
    expect(await contents()).toEqual(before)
    expect((await verify(url, '--token-file', join(folder, 'none'))).code).toBe(1)
  })
  await endpoint.stop(true)
})

/** The number of rows in each table that a caller can write to. */
async function contents(): Promise<unknown> {
  const database = openDatabase({ address: { uri: DATABASE_URL }, poolSize: 1 })
  const tables = ['users', 'sessions', 'sms_codes', 'points_records', 'lottery_records', 'upload_reviews', 'audit_log']
  const counts = tables.map((table) => `(SELECT COUNT(*) FROM ${table}) AS ${table}`)
  const rows = await database.query(`SELECT ${counts.join(', ')}`)
  await database.close()
  return rows
}
