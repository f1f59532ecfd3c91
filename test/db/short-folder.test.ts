import { afterEach, beforeEach, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { shortFolderOf } from '../../src/db/short-folder.ts'

const source = join(import.meta.dir, '../../src/db/short-folder.ts')
let home: string
let made: string[]
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'points-home-'))
  made = [home]
})
afterEach(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

const folderOf = (of: string) => {
  const folder = shortFolderOf(of)
  made.push(folder)
  return folder
}
const modeOf = (folder: string) => statSync(folder).mode & 0o777

test('the folder is entered by its owner alone, and is the same for whoever asks again', () => {
  const folder = folderOf(home)
  expect([modeOf(folder), statSync(folder).uid]).toEqual([0o700, process.getuid?.() ?? -1])
  expect(folderOf(home)).toBe(folder)
})

test('a folder that somebody made under a name that can be foreseen is not used', () => {
  const digest = createHash('sha256').update(home).digest('hex').slice(0, 12)
  const trap = join(tmpdir(), `restaurant-points-${digest}`)
  mkdirSync(trap)
  chmodSync(trap, 0o777)
  made.push(trap)
  expect(folderOf(home)).not.toBe(trap)
})

test.each<[string, (folder: string) => void]>([
  ['others may enter', (folder) => chmodSync(folder, 0o777)],
  ['others may read', (folder) => chmodSync(folder, 0o744)],
  ['is a link to a folder of somebody’s choice', replacedByLink],
  ['is a file', replacedByFile],
  ...(process.getuid?.() === 0
    ? [
        ['belongs to somebody else', (folder: string) => chownSync(folder, 65_534, 65_534)] as [
          string,
          (folder: string) => void,
        ],
      ]
    : []),
])('a folder that %s is left, and a new one is made', (_, spoil) => {
  const folder = folderOf(home)
  spoil(folder)
  const next = folderOf(home)
  expect(next).not.toBe(folder)
  expect(modeOf(next)).toBe(0o700)
  expect(folderOf(home)).toBe(next)
})

function replacedByLink(folder: string): void {
  rmSync(folder, { recursive: true })
  const elsewhere = mkdtempSync(join(tmpdir(), 'points-elsewhere-'))
  made.push(elsewhere)
  symlinkSync(elsewhere, folder)
}

function replacedByFile(folder: string): void {
  rmSync(folder, { recursive: true })
  Bun.spawnSync(['touch', folder])
}

test('a folder that a restart of the machine has removed is made again under its name', () => {
  const folder = folderOf(home)
  rmSync(folder, { recursive: true })
  expect(folderOf(home)).toBe(folder)
  expect([existsSync(folder), modeOf(folder)]).toEqual([true, 0o700])
})

test('programs that start together use one folder', async () => {
  const script = `import { shortFolderOf } from ${JSON.stringify(source)}; console.log(shortFolderOf(${JSON.stringify(home)}))`
  const ask = () =>
    new Response(Bun.spawn([process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] }).stdout).text()
  const folders = new Set((await Promise.all(Array.from({ length: 8 }, ask))).map((line) => line.trim()))
  made.push(...folders)
  expect(folders.size).toBe(1)
})
