import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from '../../src/commands/command.ts'
import { seedsCommand } from '../../src/commands/seeds.ts'
import { verifyDrawCommand } from '../../src/commands/verify-draw.ts'
import { seedChainOf } from '../../src/fairness/chain.ts'
import { unwatched } from '../../src/lib/progress.ts'
import { createFairWorld } from '../support/fair-world.ts'
import { testConfig } from '../support/service.ts'

const dir = mkdtempSync(join(tmpdir(), 'restaurant-points-verify-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))
const file = (name: string, content: unknown) => {
  writeFileSync(join(dir, name), typeof content === 'string' ? content : JSON.stringify(content))
  return join(dir, name)
}
const run = async (command: Command, ...args: string[]) => {
  const lines: string[] = []
  const exitCode = await command({
    args,
    config: testConfig('mysql://u:p@localhost/d'),
    print: (line) => lines.push(line),
    progress: unwatched,
  })
  return { exitCode, lines }
}

const world = createFairWorld()
const draw = world.take(7, 3, 'mine', [])
const [receipt, proof] = [world.receipt(draw), world.proof(draw, [])]

test('verify-draw exits 0 for what is right, as it was answered or as it is', async () => {
  const { exitCode, lines } = await run(verifyDrawCommand, file('r', { code: 0, data: { receipt } }), file('p', proof))
  expect([exitCode, lines.at(-1)]).toEqual([0, 'right'])
})

test('verify-draw exits 3 while the seed is not published', async () => {
  const early = file('early', { data: { proof: { ...proof, seed: null } } })
  expect((await run(verifyDrawCommand, early)).exitCode).toBe(3)
})

test('verify-draw exits 1 with the name of what is wrong', async () => {
  const { exitCode, lines } = await run(verifyDrawCommand, file('x', { ...proof, seed: '00'.repeat(32) }))
  expect([exitCode, lines.at(-1)]).toEqual([1, 'wrong'])
  expect(lines).toContain('failed   seed: not what was committed')
  for (const odd of ['{', '{}', '[]', '{"data":null}'])
    expect((await run(verifyDrawCommand, file('odd', odd))).exitCode).toBe(1)
})

test('verify-draw names two checkpoints that contradict each other', async () => {
  const [one, other] = [file('c1', world.checkpoint()), file('c2', createFairWorld().checkpoint())]
  expect((await run(verifyDrawCommand, one, one)).exitCode).toBe(0)
  world.commit(Buffer.from('later'))
  const { exitCode, lines } = await run(verifyDrawCommand, file('c3', createFairWorld().checkpoint()), other)
  expect([exitCode, lines[0]?.startsWith('failed   one log')]).toEqual([1, true])
})

test('a file that is not there is said, and so is a command without files', async () => {
  await expect(run(verifyDrawCommand, join(dir, 'nowhere'))).rejects.toThrow('ENOENT')
  await expect(run(verifyDrawCommand)).rejects.toThrow('takes files')
})

test('seeds make writes a chain for its owner alone, and never over another', async () => {
  const path = join(dir, 'seeds')
  const { lines } = await run(seedsCommand, 'make', path, '2')
  const made = readFileSync(path, 'utf8')
  const chain = seedChainOf(made.trim())
  expect([statSync(path).mode & 0o777, lines[0]?.includes(chain.id)]).toEqual([0o600, true])
  expect(chain.lastEpoch - Math.floor(Date.now() / 86_400_000)).toBe(732)
  await expect(run(seedsCommand, 'make', path)).rejects.toThrow('is there already')
  expect(readFileSync(path, 'utf8')).toBe(made)
  for (const wrong of [[], ['make'], ['make', 'x', '0'], ['show', 'x']])
    await expect(run(seedsCommand, ...wrong)).rejects.toThrow('seeds takes')
})
