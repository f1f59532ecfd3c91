import { expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Glob } from 'bun'

const root = join(import.meta.dir, '../..')
const folders = ['.', 'src', 'bench', 'ops', 'docs', 'docs/decisions']
const documents = folders.flatMap((folder) => [...new Glob(`${folder}/*.md`).scanSync(root)])
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const isThere = (...path: string[]) => existsSync(join(root, ...path))

/** The anchor of a heading: lower case, spaces as hyphens, other signs left out. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

function anchorsOf(path: string): string[] {
  return [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading))
}

test('every link in the documents leads to a file that exists, and to its heading if it names one', () => {
  const broken: string[] = []
  for (const document of documents) {
    for (const [, target = ''] of read(document).matchAll(/\]\((?!\w+:)([^)]+)\)/g)) {
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? document : join(dirname(document), path)
      if (!isThere(file) || (anchor && !anchorsOf(file).includes(anchor))) broken.push(`${document}: ${target}`)
    }
  }
  expect(documents.length).toBeGreaterThan(10)
  expect(broken).toEqual([])
})

/** Where a path may begin that a document names. */
const beginnings = ['', 'src']

test('every file of the repository that a document names in code is there', () => {
  const named = documents.flatMap((document) =>
    [...read(document).matchAll(/`((?:[\w.-]+\/)+[\w.-]+\.(?:ts|md|sql|sh|yml|cfg))`/g)].map(([, path = '']) => ({
      document,
      path,
    })),
  )
  const missing = named.filter(({ path }) => !beginnings.some((beginning) => isThere(beginning, path)))
  expect(named.length).toBeGreaterThan(50)
  expect(missing).toEqual([])
})

test('every test that SECURITY.md names is there', () => {
  const rows = [...read('SECURITY.md').matchAll(/^\| \d.*\|([^|]*)\|$/gm)]
  const named = rows.flatMap(([, tests = '']) => tests.split(',').map((name) => name.trim())).filter(Boolean)
  expect(rows.length).toBeGreaterThan(80)
  expect(named.length).toBeGreaterThan(90)
  expect(named.filter((name) => !isThere(`test/${name}.test.ts`))).toEqual([])
})

test('README.md says what each dependency is for', () => {
  const rows = read('README.md').match(/^\| dependency[\s\S]*?\n\n/m)?.[0] ?? ''
  const named = [...rows.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, names = '']) => names.trim().split(', '))
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
  expect(Object.keys(dependencies).filter((name) => !named.includes(name))).toEqual([])
})

test('every migration since 1.0.0 stands in the changelog', () => {
  const names = [...new Glob('*.sql').scanSync(join(root, 'drizzle'))].map((file) => file.replace('.sql', '')).sort()
  const since = names.slice(names.indexOf('0002_number_stock_movements') + 1)
  expect(since.length).toBeGreaterThan(0)
  expect(since.filter((name) => !read('CHANGELOG.md').includes(name))).toEqual([])
})
