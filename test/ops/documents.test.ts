import { expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Glob } from 'bun'

const root = join(import.meta.dir, '../..')
const folders = ['.', 'src', 'bench', 'ops', 'docs/decisions']
const documents = folders.flatMap((folder) => [...new Glob(`${folder}/*.md`).scanSync(root)])

/** A heading as a link names it: lower case, blanks as hyphens, other signs left out. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

function anchorsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading))
}

test('every link of the documents leads to a file, and to a heading where it names one', () => {
  const broken: string[] = []
  for (const document of documents) {
    for (const [, target = ''] of readFileSync(join(root, document), 'utf8').matchAll(/\]\((?!\w+:)([^)]+)\)/g)) {
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? join(root, document) : join(root, dirname(document), path)
      if (!existsSync(file) || (anchor && !anchorsOf(file).includes(anchor))) broken.push(`${document}: ${target}`)
    }
  }
  expect(documents.length).toBeGreaterThan(10)
  expect(broken).toEqual([])
})
