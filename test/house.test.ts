import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { Glob } from 'bun'

const root = join(import.meta.dir, '..')
const src = join(root, 'src')

/**
 * The rooms from the bottom up. A room may import itself and rooms on lower lines, but no other room on its own line. A
 * room inside another one may have its own place in this list.
 */
const floors: readonly (readonly string[])[] = [
  ['lib', 'contract', 'lock-order.ts', 'tlog/format', 'verifier'],
  ['db'],
  ['config'],
  ['till', 'alerts'],
  ['http'],
  ['http/dialects'],
  ['storage', 'users'],
  ['points', 'tlog', 'fairness'],
  ['staff', 'vouchers', 'receipts/photo'],
  ['accounts', 'approvals', 'lottery', 'exchange', 'receipts/reading'],
  ['receipts', 'wallet'],
  [
    'merchant/reviews',
    'merchant/catalogue',
    'merchant/wheel',
    'merchant/counter',
    'merchant/statistics',
    'merchant/system',
  ],
  ['profile', 'merchant', 'realtime'],
  ['web/shared'],
  ['web/diner', 'web/console', 'web/docs', 'web/verify'],
  ['web'],
  ['reconcile'],
  ['jobs'],
  ['composition', 'verify'],
  ['app.ts'],
  ['server.ts'],
  ['commands'],
  ['main.ts'],
]

/** Files of a slice's outer room that its inner rooms may use too. */
const shared = ['merchant/deps.ts']

interface Source {
  path: string
  text: string
  /** Paths from `src` of the files it imports, types included. */
  imports: string[]
}

const sources: Source[] = [...new Glob('{src,drizzle}/**/*.{ts,tsx}').scanSync(root)].map((found) => {
  const path = relative(src, join(root, found))
  const text = readFileSync(join(src, path), 'utf8')
  const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+\.tsx?)'/g)].map(([, target]) =>
    normalize(join(dirname(path), target ?? '')),
  )
  return { path, text, imports }
})
const inSrc = sources.filter(({ path }) => !path.startsWith('..'))

function roomOf(path: string): string {
  const [outer = '', inner] = path.split('/')
  const nested = `${outer}/${inner}`
  return floors.flat().includes(nested) ? nested : outer
}

const floorOf = (path: string) => floors.findIndex((rooms) => rooms.includes(roomOf(path)))

test('every file is in a known room', () => {
  expect(inSrc.filter(({ path }) => floorOf(path) === -1).map(({ path }) => path)).toEqual([])
})

test('no file imports upwards or sideways', () => {
  const wrong = inSrc.flatMap(({ path, imports }) =>
    imports
      .filter((target) => !target.startsWith('..') && roomOf(target) !== roomOf(path) && !shared.includes(target))
      .filter((target) => floorOf(target) >= floorOf(path))
      .map((target) => `${path} imports ${target}`),
  )
  expect(wrong).toEqual([])
})

test('no files import each other in a circle, types included', () => {
  expect(firstCircle(sources)).toEqual([])
})

test('the search for circles finds one', () => {
  const file = (path: string, ...imports: string[]) => ({ path, imports })
  expect(firstCircle([file('a', 'b'), file('b', 'c'), file('c', 'b')])).toEqual(['b', 'c', 'b'])
})

/** The files of one circle, each of which imports the next; empty when there is none. */
function firstCircle(files: readonly Pick<Source, 'path' | 'imports'>[]): string[] {
  const importsOf = new Map(files.map(({ path, imports }) => [path, imports]))
  const done = new Set<string>()
  const walk = (path: string, trail: readonly string[]): string[] => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
    if (done.has(path)) return []
    for (const target of importsOf.get(path) ?? []) {
      const circle = walk(target, [...trail, path])
      if (circle.length > 0) return circle
    }
    done.add(path)
    return []
  }
  for (const { path } of files) {
    const circle = walk(path, [])
    if (circle.length > 0) return circle
  }
  return []
}

const forbidden: [string, RegExp, string[]][] = [
  ['only main.ts reads the environment', /process\.env|Bun\.env/, ['main.ts', 'web/bundle.ts']],
  ['Math.random decides nothing', /Math\.random/, []],
  ['only one place begins transactions', /START TRANSACTION|beginTransaction|\.transaction\(/, ['db/transact.ts']],
  ['constants are written in camelCase', /^(?:export )?const [A-Z][A-Z\d_]+\b/m, []],
  ['nothing is exported by default', /export default/, ['lib/text-modules.d.ts', 'receipts/reading/assets.d.ts']],
  ['types are never switched off', /\bas any\b|: any\b|@ts-ignore|@ts-expect-error|biome-ignore lint/, []],
  ['only the command line ends the process', /process\.exit\(/, ['commands/serve.ts']],
]

test.each(forbidden)('%s', (_, pattern, allowed) => {
  const found = inSrc.filter(({ path, text }) => pattern.test(text) && !allowed.includes(path))
  expect(found.map(({ path }) => path)).toEqual([])
})

test('only the till opens the transaction', () => {
  const users = inSrc
    .filter(({ imports }) => imports.includes('db/transact.ts'))
    .filter(({ text }) => /transact\(/.test(text))
  expect(users.map(({ path }) => path).filter((path) => roomOf(path) !== 'till')).toEqual([])
})

const isOfPages = (path: string) => /^web\/[a-z]+\//.test(path)

/** What the wheel's editor plays with: what the service itself goes by, without anything of a server. */
const wheelRules = ['fairness/odds.ts', 'lottery/pity-rule.ts', 'lottery/prizes.ts', 'lottery/wheel.ts']

test('pages know nothing of the service but the types of its answers, the verifier and the wheel’s rules', () => {
  const allowed =
    /^import (?:type .* from '[./]+\/(?:[a-z]+\/)+(?:wire|messages)|.* from '[./]+\/(?:verifier\/[a-z]+|fairness\/odds|lottery\/(?:pity-rule|prizes|wheel)))\.ts'$/
  const isOutside = (path: string, line: string) => {
    const [, target] = /'(\.[^']+)'/.exec(line) ?? []
    return target !== undefined && !normalize(join(dirname(path), target)).startsWith('web/')
  }
  const wrong = inSrc
    .filter(({ path }) => isOfPages(path))
    .flatMap(({ path, text }) =>
      text
        .split('\n')
        .filter((line) => isOutside(path, line) && !allowed.test(line))
        .map((line) => `${path}: ${line}`),
    )
  expect(wrong).toEqual([])
})

test('the wheel’s rules import nothing but types and each other', () => {
  const needed = inSrc
    .filter(({ path }) => wheelRules.includes(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/^import (?!type ).*'(.*)'$/gm)].map(([, target = '']) =>
        normalize(join(dirname(path), target)),
      ),
    )
  expect(needed.length).toBeGreaterThan(0)
  for (const target of needed) expect(wheelRules).toContain(target)
})

test('the service imports no source of a page', () => {
  const wrong = inSrc.filter(({ path, imports }) => !isOfPages(path) && imports.some(isOfPages))
  expect(wrong.map(({ path }) => path)).toEqual([])
})

test('no page makes markup of text', () => {
  const wrong = inSrc.filter(
    ({ path, text }) => isOfPages(path) && /innerHTML|outerHTML|insertAdjacentHTML|document\.write/i.test(text),
  )
  expect(wrong.map(({ path }) => path)).toEqual([])
})

test('the map names every room', () => {
  const map = readFileSync(join(src, 'README.md'), 'utf8')
  const missing = floors.flat().filter((room) => !map.includes(`\n    ${room.endsWith('.ts') ? room : `${room}/`} `))
  expect(missing).toEqual([])
})

test('no file is longer than 250 lines', () => {
  const long = inSrc.filter(({ text }) => text.split('\n').length > 250)
  expect(long.map(({ path }) => path)).toEqual([])
})

/** Words of older builds that are no field, path, value or code of the contract. */
const olderWords =
  /verify_code|verification_code|page_size|user_amount|review_ids?\b|upload_ids|points-asc|stock-desc|'offline'|user_points|today_count|today_draw_count|isActivity|has_?[mM]ore|order_no|order_id|points_earned|uploaded_at|upload_time|approved_uploads|pending_reviews|expected_points|suggested_points|user_phone|user_name|success_count|failed_count|total_points_spent|win_rate|review_stats|total_lottery|this_month_points|join_days|offlineCount|is_admin|avatar_?[uU]rl|point_updated|stock_updated|review_completed|new_balance'|change_amount|system_notice\b|heartbeat'|lottery-(config|stats|probabilities)|points-(records|history)|exchange\/redeem|products\/sync|X-Client-Version|\b4015\b|merchant\/apply|wxfile|today-trend|today_consumed|consecutive_days|lottery_rules|created_time|totalLotteries|totalUploads|joinDays|activeUsers|totalPrizes|product-batch|products\/batch'/

test('no file outside http/dialects knows a word of older builds', () => {
  const knowing = inSrc.filter(({ path, text }) => !path.startsWith('http/dialects/') && olderWords.test(text))
  expect(knowing.map(({ path, text }) => `${path}: ${olderWords.exec(text)?.[0]}`)).toEqual([])
})
