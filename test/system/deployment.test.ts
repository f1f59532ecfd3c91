import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { $ } from 'bun'
import manifest from '../../package.json'
import { ConfigError, configNames, loadConfig } from '../../src/config/config.ts'

const root = join(import.meta.dir, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

interface Service {
  image: string
  build?: string
  command?: string[]
  environment?: Record<string, string>
  secrets?: string[]
  read_only?: boolean
  cap_drop?: string[]
  security_opt: string[]
  mem_limit: string
  stop_grace_period?: string
  logging: { options: Record<string, string> }
  volumes?: string[]
}

const compose = Bun.YAML.parse(read('compose.yaml')) as {
  services: Record<string, Service>
  volumes: object
  secrets: Record<string, { file: string }>
}
const services = Object.entries(compose.services)
const replicas = services.filter(([name]) => name.startsWith('points-')).map(([, service]) => service)
const dockerfile = read('Dockerfile')

let folder = ''
const makeSecrets = () => $`bash ops/make-secrets.sh ${folder}`.cwd(root).quiet()
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'points-secrets-'))
  await makeSecrets()
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The settings of a replica, its secrets as the files that were made for it. */
function settingsOf({ environment = {} }: Service): Record<string, string> {
  const given = Object.entries(environment).map(([name, value]) => {
    if (value.startsWith('${PUBLIC_URL:')) return [name, 'https://points.test']
    return [name, name.endsWith('_FILE') ? join(folder, 'secrets', basename(value)) : value]
  })
  return Object.fromEntries(given)
}

function faultsOf(settings: Record<string, string>): string[] {
  try {
    loadConfig(settings)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map((fault) => fault.split(':')[0] ?? '')
    throw error
  }
}

describe('the images', () => {
  test('the images are pinned to a version', () => {
    const bases = [...dockerfile.matchAll(/^FROM (?:--\S+ )?\$(\w+)/gm)].map(
      ([, name]) => new RegExp(`^ARG ${name}=(\\S+)$`, 'm').exec(dockerfile)?.[1] ?? '',
    )
    expect(bases).toHaveLength(2)
    for (const image of [...bases, ...services.map(([, { image }]) => image)])
      expect(image).toMatch(/:\d+\.\d+[\w.-]*$|@sha256:[0-9a-f]{64}$/)
  })

  test('the images have this version, and are built with the Bun that runs the tests', () => {
    expect(dockerfile).toContain(`ARG VERSION=${manifest.version}\n`)
    expect(dockerfile).toContain(`oven/bun:${Bun.version}-`)
    expect(replicas.map(({ image }) => image)).toEqual(Array(2).fill(`restaurant-points:${manifest.version}`))
    expect(replicas.filter(({ build }) => build)).toHaveLength(1)
  })
})

describe('compose.yaml', () => {
  test('a replica is given only settings that exist', () => {
    for (const { environment = {} } of replicas) {
      const names = Object.keys(environment).map((name) => name.replace(/_FILE$/, ''))
      expect(names.filter((name) => !configNames.includes(name) && name !== 'TMPDIR')).toEqual([])
    }
  })

  test('a replica with the generated secrets lacks only settings that the operator must give', () => {
    const sample = [...read('.env.example').matchAll(/^([A-Z][A-Z0-9_]+)=(.*)$/gm)].map(([, name, value]) => [
      name,
      value,
    ])
    for (const replica of replicas) {
      const settings = { ...Object.fromEntries(sample), ...settingsOf(replica) }
      expect(faultsOf(settings)).toEqual(['SMS_PROVIDER'])
      expect(faultsOf({ ...settings, SMS_PROVIDER: 'webhook', SMS_WEBHOOK_URL: 'https://sms.test/' })).toEqual([])
    }
  })

  test('every secret is declared, is made once, and can’t be read by other accounts', async () => {
    const used = new Set(services.flatMap(([, { secrets = [] }]) => secrets))
    expect(Object.keys(compose.secrets).sort()).toEqual([...used].sort())
    const contents = () => Object.values(compose.secrets).map(({ file }) => readFileSync(join(folder, file), 'utf8'))
    const made = contents()
    chmodSync(join(folder, 'secrets'), 0o755)
    await makeSecrets()
    expect(contents()).toEqual(made)
    expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700)
    expect(JSON.parse(readFileSync(join(folder, 'secrets/s3.json'), 'utf8')).identities).toHaveLength(1)
  })

  test('every service has limits of memory and logs, and none can gain privileges', () => {
    for (const [name, service] of services) {
      expect([name, service.security_opt]).toEqual([name, ['no-new-privileges:true']])
      expect([name, service.mem_limit, Object.keys(service.logging.options)]).toEqual([
        name,
        expect.any(String),
        ['max-size', 'max-file'],
      ])
    }
  })

  test('each replica runs without capabilities on a read-only root with one volume, and has time to stop', () => {
    expect(replicas).toHaveLength(2)
    for (const { read_only, cap_drop, volumes = [], stop_grace_period = '0s' } of replicas) {
      expect([read_only, cap_drop, volumes.map((volume) => volume.split(':')[1])]).toEqual([true, ['ALL'], ['/data']])
      expect(Number.parseInt(stop_grace_period, 10) * 1_000).toBeGreaterThan(loadConfig({}).SHUTDOWN_MS)
    }
  })

  test('the proxy uses exactly the replicas, and leaves one that is about to stop', () => {
    const upstreams = /\{\$REPLICAS:([^}]+)\}/.exec(read('ops/Caddyfile'))?.[1]?.split(' ')
    const names = services.filter(([name]) => name.startsWith('points-')).map(([name]) => `${name}:3000`)
    expect(upstreams).toEqual(names)
    // This path answers differently only once a stop has begun.
    expect(read('ops/Caddyfile')).toContain('health_uri /health/open\n')
    expect(read('ops/Caddyfile')).toMatch(/lb_policy header Authorization \{/)
  })
})

describe('the runbook', () => {
  const [english, chinese] = ['ops/RUNBOOK.md', 'ops/RUNBOOK.zh-CN.md'].map(read) as [string, string]
  const commandsOf = (text: string) => text.split('\n').filter((line) => line.startsWith('    '))

  test('the runbook has a page for every alert, in both languages', () => {
    const alerts = [...read('ops/alerts.yml').matchAll(/- alert: (\w+)/g)].map(([, name]) => `### ${name}`)
    expect(alerts.length).toBeGreaterThan(0)
    for (const text of [english, chinese])
      expect(text.split('\n').filter((line) => line.startsWith('### '))).toEqual(alerts)
  })

  test('the runbook gives the same commands in both languages', () =>
    expect(commandsOf(chinese)).toEqual(commandsOf(english)))
})
