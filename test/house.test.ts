import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { Glob } from 'bun'

const src = join(import.meta.dir, '../src')

/** From the bottom up; rooms of one rank stand side by side and don't know each other. */
const ranks: Record<string, number> = {
  contract: 0,
  db: 1,
  till: 2,
  alerts: 2,
  http: 3,
  storage: 4,
  users: 4,
  points: 5,
  vouchers: 6,
  accounts: 7,
  lottery: 7,
  exchange: 7,
  receipts: 7,
  profile: 8,
  merchant: 8,
  realtime: 8,
  reconcile: 9,
  jobs: 10,
  verify: 11,
  commands: 13,
}

/** Files outside of rooms: what everyone may use, and what puts everything together. */
const loose: Record<string, number> = {
  'calendar.ts': 0,
  'random.ts': 0,
  'cached.ts': 0,
  'retry.ts': 0,
  'semaphore.ts': 0,
  'lock-order.ts': 0,
  'version.ts': 0,
  'operator-error.ts': 0,
  'within.ts': 0,
  'parse-json.ts': 0,
  'stop-in-order.ts': 1,
  'config-secrets.ts': 0,
  'config.ts': 1,
  'text-modules.d.ts': 0,
  'logger.ts': 1,
  'secret.ts': 1,
  'open-dialects.ts': 9,
  'live.ts': 10,
  'business-counts.ts': 10,
  'observation.ts': 10,
  'services.ts': 10,
  'installation.ts': 11,
  'seed.ts': 11,
  'app.ts': 11,
  'server.ts': 12,
  'main.ts': 14,
}

interface Source {
  path: string
  text: string
  imports: string[]
}

const sources: Source[] = [...new Glob('**/*.ts').scanSync(src)].map((path) => {
  const text = readFileSync(join(src, path), 'utf8')
  const imports = [...text.matchAll(/from '(\.[^']+)'/g)].map(([, target]) =>
    normalize(join(dirname(path), target ?? '')),
  )
  return { path, text, imports: imports.filter((target) => !relative(src, join(src, target)).startsWith('..')) }
})

const roomOf = (path: string) => (path.includes('/') ? (path.split('/')[0] ?? '') : path)
const rankOf = (path: string) => (path.includes('/') ? ranks[roomOf(path)] : loose[path])

test('every file stands in a known room', () => {
  expect(sources.filter(({ path }) => rankOf(path) === undefined).map(({ path }) => path)).toEqual([])
})

test('no file imports upwards or sideways', () => {
  const wrong = sources.flatMap(({ path, imports }) =>
    imports
      .filter((target) => target.endsWith('.ts') && roomOf(target) !== roomOf(path))
      .filter((target) => {
        const [own = -1, other = 99] = [rankOf(path), rankOf(target)]
        return other > own || (other === own && path.includes('/'))
      })
      .map((target) => `${path} imports ${target}`),
  )
  expect(wrong).toEqual([])
})

const forbidden: [string, RegExp, string[]][] = [
  ['the environment is read in main.ts alone', /process\.env|Bun\.env/, ['main.ts']],
  ['Math.random decides nothing', /Math\.random/, []],
  ['one place begins transactions', /START TRANSACTION|beginTransaction|\.transaction\(/, ['db/transact.ts']],
  ['nothing is exported by default', /export default/, ['text-modules.d.ts', 'receipts/assets.d.ts']],
  ['types are never switched off', /\bas any\b|: any\b|@ts-ignore|@ts-expect-error|biome-ignore lint/, []],
  ['only the command line ends the process', /process\.exit\(/, ['commands/serve.ts']],
]

test.each(forbidden)('%s', (_, pattern, allowed) => {
  const found = sources.filter(({ path, text }) => pattern.test(text) && !allowed.includes(path))
  expect(found.map(({ path }) => path)).toEqual([])
})

test('only the till opens the transaction', () => {
  const users = sources
    .filter(({ imports }) => imports.includes('db/transact.ts'))
    .filter(({ text }) => /transact\(/.test(text))
  expect(users.map(({ path }) => path)).toEqual(['till/lane.ts'])
})

test('the map names every room and every file outside of one', () => {
  const map = readFileSync(join(src, 'README.md'), 'utf8')
  const places = new Set(sources.map(({ path }) => (path.includes('/') ? `${path.split('/')[0]}/` : path)))
  expect([...places].filter((place) => !place.endsWith('.d.ts') && !map.includes(`\n    ${place} `))).toEqual([])
})

test('files stay short', () => {
  const long = sources.filter(({ text }) => text.split('\n').length > 250)
  expect(long.map(({ path }) => path)).toEqual([])
})

/** Words of older builds that no field, path, value or code of the contract shares. */
const olderWords =
  /verify_code|verification_code|page_size|user_amount|review_ids?\b|upload_ids|points-asc|stock-desc|'offline'|user_points|today_count|today_draw_count|isActivity|has_?[mM]ore|order_no|order_id|points_earned|uploaded_at|upload_time|approved_uploads|pending_reviews|expected_points|suggested_points|user_phone|user_name|success_count|failed_count|total_points_spent|win_rate|review_stats|total_lottery|this_month_points|join_days|offlineCount|is_admin|avatar_?[uU]rl|point_updated|stock_updated|review_completed|new_balance'|change_amount|system_notice\b|heartbeat'|lottery-(config|stats|probabilities)|points-(records|history)|exchange\/redeem|products\/sync|X-Client-Version|\b4015\b|merchant\/apply/

test('no other file knows a word of older builds', () => {
  const knowing = sources.filter(({ path, text }) => !path.startsWith('http/dialects/') && olderWords.test(text))
  expect(knowing.map(({ path, text }) => `${path}: ${olderWords.exec(text)?.[0]}`)).toEqual([])
})
