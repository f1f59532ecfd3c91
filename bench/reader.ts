import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openPhoto } from '../src/receipts/photo/photo.ts'
import { createReader, type Reader } from '../src/receipts/reading/reader.ts'
import { drawPictures } from '../test/support/pictures/draw.ts'
import type { Result } from './result.ts'

/** A picture whose truth is known. */
interface Known {
  name: string
  kind: string
  bytes: Uint8Array
  /** What was paid, in fen; null when nothing must be read. */
  paid: number | null
}

const ofEachLayout = 8

/**
 * Reads every picture of three sets and counts what was right, what was wrong, and what was not read: the samples and
 * the hard ones when they lie beside the project, and generated ones.
 */
export async function* measureReader(): AsyncGenerator<Result> {
  const scratchDir = mkdtempSync(join(tmpdir(), 'restaurant-points-bench-'))
  const reader = createReader({ timeout_ms: 120_000, maxWaiting: 4, idle_ms: 600_000, scratchDir })
  try {
    for (const folder of ['receipts', 'receipts-hard']) {
      const beside = resolve(import.meta.dir, '../../shared', folder)
      if (existsSync(beside)) yield await measure(folder, reader, picturesIn(beside))
    }
    yield await measure('generated', reader, drawn())
  } finally {
    await reader.close()
    rmSync(scratchDir, { recursive: true, force: true })
  }
}

async function* picturesIn(folder: string): AsyncGenerator<Known> {
  const truth: { file: string; amount: number | null; kind?: string }[] = await Bun.file(
    join(folder, 'ground-truth.json'),
  ).json()
  for (const { file, amount, kind = file } of truth) {
    const paid = amount === null ? null : Math.round(amount * 100)
    yield { name: file, kind, bytes: await Bun.file(join(folder, file)).bytes(), paid }
  }
}

async function* drawn(): AsyncGenerator<Known> {
  for await (const { name, layout, bytes, paid } of drawPictures(ofEachLayout))
    yield { name, kind: layout, bytes, paid }
}

async function measure(set: string, reader: Reader, pictures: AsyncGenerator<Known>): Promise<Result> {
  const counts = { right: 0, wrong: 0, nothing: 0 }
  const missed: string[] = []
  let took_ms = 0
  for await (const { name, bytes, paid } of pictures) {
    const { image } = await openPhoto(bytes)
    const began = performance.now()
    const read = (await reader.read(image))?.amount_fen ?? null
    took_ms += performance.now() - began
    const outcome = read === paid ? 'right' : read === null ? 'nothing' : 'wrong'
    counts[outcome] += 1
    if (outcome !== 'right') missed.push(`${name}: ${read} for ${paid}`)
  }
  const count = counts.right + counts.wrong + counts.nothing
  return { scenario: `reader: ${set}`, ...counts, a_minute: Math.round((count / took_ms) * 600_000) / 10, missed }
}
