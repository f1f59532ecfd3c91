import { beforeAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createApp } from '../../src/app.ts'
import { figuresNow } from '../support/figures.ts'
import { type RawRequest, sendRaw } from '../support/raw-requests.ts'
import { useService } from '../support/service.ts'

const service = useService({ DIALECTS: 'on' })

interface Route {
  method: string
  path: string
}

let [all, aliases]: [Route[], readonly string[]] = [[], []]

beforeAll(() => {
  const own = createApp(service.services).routes.filter(({ method }) => method !== 'ALL')
  aliases = service.services.dialects?.aliasPaths ?? []
  const known = new Map(own.map(({ method, path }) => [`${method} ${path}`, { method, path }]))
  all = [...known.values(), ...aliases.map((path) => ({ method: 'GET', path }))]
})

const filled = (path: string) => path.replace(/:\w+/g, 'x1')

/** The patterns that a path names, letter for letter. An absolute target names the path behind its host. */
function namedBy(target: string): string[] {
  const path = target.replace(/\?.*$/, '').replace(/^http:\/\/[^/]*/i, '') || '/'
  if (/[\\#]|(^|\/)(\.|%2e){1,2}(\/|$)/i.test(path)) return []
  const parts = path.split('/')
  const matches = (pattern: string) => {
    const wanted = pattern.split('/')
    return (
      wanted.length === parts.length &&
      wanted.every((part, i) => (part.startsWith(':') ? parts[i] !== '' : part === parts[i]))
    )
  }
  return [...new Set(all.map(({ path }) => path))].filter(matches)
}

const hex = (letter: string) => `%${letter.charCodeAt(0).toString(16)}`
const replaceAt = (text: string, at: number, by: (letter: string) => string) =>
  text.slice(0, at) + by(text[at] ?? '') + text.slice(at + 1)
/** Where something may be put: before a slash. */
const slashes = (path: string) => [...path].flatMap((letter, i) => (letter === '/' ? [i] : []))

const inserted = [
  '/.',
  '/x/..',
  '\\x\\..',
  '/x\\..',
  '/%2e',
  '/x/%2e%2e',
  '/x/.%2E',
  '/',
  '\\',
  '/x;/..',
  '//x/../..',
  '/x%2f..',
]
const changes = fc.oneof(
  fc.nat().map((at) => (path: string) => replaceAt(path, 1 + (at % (path.length - 1)), hex)),
  fc
    .nat()
    .map(
      (at) => (path: string) => replaceAt(path, 1 + (at % (path.length - 1)), (letter) => hex(letter).toUpperCase()),
    ),
  fc.tuple(fc.nat(), fc.constantFrom(...inserted)).map(([at, text]) => (path: string) => {
    const places = slashes(path)
    const place = places[at % places.length] ?? 0
    return path.slice(0, place) + text + path.slice(place)
  }),
  fc.tuple(fc.nat(), fc.constantFrom('\\', '%2f', '%5c', '%252f', '//')).map(([at, text]) => (path: string) => {
    const places = slashes(path).slice(1)
    return places.length === 0 ? `${text}${path}` : replaceAt(path, places[at % places.length] ?? 0, () => text)
  }),
  fc
    .constantFrom('/', '\\', '/.', '/..', '/x/..', '%00', '%20', '%2f', '#', '#x', ';', '.', '%3f')
    .map((end) => (path: string) => path + end),
  fc.constant((path: string) => path.toUpperCase()),
  fc.constant((path: string) => (path.startsWith('/') ? `http://elsewhere${path}` : path)),
  fc.constant((path: string) => `${path}?x=/../y`),
)

const spellings = fc.tuple(fc.nat(), fc.array(changes, { minLength: 1, maxLength: 3 }))

/** How many requests reached a route, by its pattern. */
async function reached(): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const [sample, count] of await figuresNow(service)) {
    const route = /^http_requests_total\{.*route="([^"]*)"/.exec(sample)?.[1]
    if (route !== undefined && route !== '*') counts.set(route, (counts.get(route) ?? 0) + count)
  }
  return counts
}

async function reachedBy(requests: readonly RawRequest[]) {
  const before = await reached()
  const answers = await sendRaw(service.url, requests)
  const after = await reached()
  return { answers, routes: [...after].filter(([route, count]) => count !== before.get(route)).map(([route]) => route) }
}

describe('a path as it was sent', () => {
  test('no spelling of a path reaches a route that it does not name letter for letter', async () => {
    expect(all.length).toBeGreaterThan(80)
    const sent = fc.sample(spellings, { numRuns: 6_000, seed: 15 }).flatMap(([at, some]) => {
      const { method, path } = all[at % all.length] as Route
      const target = some.reduce((text, change) => change(text), filled(path))
      return namedBy(target).length === 0 && /^\S+$/.test(target) ? [{ method, target }] : []
    })
    expect(sent.length).toBeGreaterThan(3_000)
    const { answers, routes: found } = await reachedBy(sent)
    // What the parser itself refuses has no code.
    const wrong = sent.filter(
      (_, i) => !(answers[i]?.status === 400 || (answers[i]?.status === 404 && answers[i]?.code === '9002')),
    )
    expect(wrong).toEqual([])
    expect(found).toEqual([])
  }, 60_000)

  test('each route is reached by its own path, whatever letters of its parameters are escaped', async () => {
    const sent = all.map(({ method, path }) => ({ method, target: path.replace(/:\w+/g, 'x%41%2f1') }))
    const { answers, routes: found } = await reachedBy(sent)
    const unreached = all.filter(({ path }, i) =>
      aliases.includes(path) ? answers[i]?.status === 404 : !namedBy(filled(path)).some((own) => found.includes(own)),
    )
    expect(unreached).toEqual([])
  }, 60_000)

  test('an escaped word of one route is a parameter to another, not the word', async () => {
    const { answers, routes: found } = await reachedBy([
      { method: 'POST', target: '/api/merchant/products/%62atch-update' },
    ])
    expect([answers[0]?.status, answers[0]?.code, found]).toEqual([405, '9003', []])
  })

  test.each(['/api/docs', '/api/auth/login', '/nowhere', '/avatars/x1'])(
    'a Host header that holds a path leads from %s to no other route',
    async (target) => {
      const hosts = ['x/metrics?', 'x/metrics#', 'x\\metrics?', '/metrics?', 'x/avatars', 'x/..']
      const sent = hosts.map((host) => ({ method: 'GET', target, host }))
      const { routes: found } = await reachedBy(sent)
      expect(found.filter((route) => !namedBy(target).includes(route))).toEqual([])
    },
  )
})
