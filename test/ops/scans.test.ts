import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomCode } from '../../src/lib/random.ts'

const root = join(import.meta.dir, '../..')
const folder = mkdtempSync(join(tmpdir(), 'restaurant-points-checks-'))

/** The advisories that a registry on loopback answers with. Undefined: it answers none. */
let known: object | undefined
const registry = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: () => (known ? Response.json(known) : new Response('no', { status: 405 })),
})
afterAll(async () => {
  await registry.stop(true)
  rmSync(folder, { recursive: true, force: true })
})

async function run(...args: string[]): Promise<{ code: number; text: string }> {
  const env = { ...process.env, BUN_CONFIG_REGISTRY: registry.url.origin, NPM_CONFIG_REGISTRY: registry.url.origin }
  const child = Bun.spawn([process.execPath, ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const texts = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { code: await child.exited, text: texts.join('') }
}

describe('the check of advisories', () => {
  test('the check of advisories passes when none is known', async () => {
    known = {}
    expect(await run('ops/advisories.ts')).toMatchObject({ code: 0, text: expect.stringContaining('No dependency') })
  })

  test('the check of advisories fails and names each known advisory', async () => {
    const advisory = {
      id: 1,
      severity: 'high',
      title: 'Broken',
      url: 'https://example.com/1',
      vulnerable_versions: '<9',
    }
    known = { hono: [{ ...advisory, cwe: [], cvss: { score: 7, vectorString: null } }] }
    expect(await run('ops/advisories.ts')).toMatchObject({ code: 1, text: expect.stringContaining('high: hono <9') })
  })

  test('a registry that does not answer never counts as a pass, and fails a release', async () => {
    known = undefined
    expect(await run('ops/advisories.ts')).toMatchObject({ code: 0, text: expect.stringContaining('NOT AUDITED') })
    expect(await run('ops/advisories.ts', '--strict')).toMatchObject({ code: 2 })
  })
})

test('the secret scan finds a token and a password in a file, and lets this repository’s samples pass', async () => {
  const scan = async (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return (await run('--bun', 'secretlint', '--no-glob', join(folder, name))).code
  }
  const token = `ghp_${randomCode(32)}abcd`
  expect(await scan('token.ts', `const token = '${token}'`)).toBe(1)
  expect(await scan('url.env', `DATABASE_URL=mysql://app:${randomCode(16)}@db:3306/points`)).toBe(1)
  expect(await scan('sample.ts', "const url = 'mysql://app:hunter2@db:3306/points'")).toBe(0)
})
