import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { $ } from 'bun'

const PROJECT = join(import.meta.dir, '..')
const SAMPLE = join(import.meta.dir, 'receipts', '08-faded.jpg')

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'compiled-reader-'))
})

afterAll(() => rm(folder, { recursive: true }))

test('a compiled binary reads a receipt in an empty folder and leaves nothing in it', async () => {
  const binary = join(folder, 'read-one')
  await $`${process.execPath} build --compile --root . test/support/read-one.ts src/receipts/reader-worker.ts --outfile ${binary}`
    .cwd(PROJECT)
    .quiet()
  const empty = await mkdtemp(join(folder, 'empty-'))
  const reading = await $`${binary} ${SAMPLE} ${empty}`.cwd(empty).env({ TMPDIR: folder }).json()
  expect(reading).toMatchObject({ amountFen: 3650, merchantName: '沙县小吃' })
  expect(await readdir(empty)).toEqual([])
}, 60_000)
