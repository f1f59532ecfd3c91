/**
 * Measures how many copies of the sample receipts are found, by photo and by text, and how many different receipts of
 * one restaurant are taken for copies. Needs Chromium and a Chinese font. Run: bun bench/copies.ts [receipts]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isNearCopy, packHash } from '../src/receipts/photo/hamming-distance.ts'
import { openPhoto } from '../src/receipts/photo/photo.ts'
import { createReader } from '../src/receipts/reading/reader.ts'
import { areOneReceipt, featuresOf, type TextFeatures } from '../src/receipts/receipt-text.ts'
import { photographed, scenes } from '../test/support/rephotograph.ts'
import { restaurantReceipt } from '../test/support/restaurant-receipts.ts'

interface Seen {
  hash: Uint32Array
  probes: Uint32Array[]
  text: TextFeatures
}

const folder = join(import.meta.dir, '../test/samples')
const scratchDir = mkdtempSync(join(tmpdir(), 'restaurant-points-copies-'))
const reader = createReader({ timeout_ms: 120_000, maxWaiting: 1, idle_ms: 60_000, scratchDir })
const receipts = Number(process.argv[2] ?? 120)
try {
  await measureCopies()
  await measureFalseAlarms()
} finally {
  await reader.close()
  rmSync(scratchDir, { recursive: true, force: true })
}
process.exit(0)

async function see(bytes: Uint8Array): Promise<Seen> {
  const photo = await openPhoto(bytes)
  const reading = await reader.read(photo.image)
  const { hash, probes } = photo.fingerprint
  return {
    hash: packHash(hash),
    probes: probes.map(packHash),
    text: featuresOf((reading?.rows ?? []).join('\n')),
  }
}

async function measureCopies(): Promise<void> {
  const truth: { file: string }[] = await Bun.file(join(folder, 'ground-truth.json')).json()
  const samples = await Promise.all(truth.map(({ file }) => Bun.file(join(folder, file)).bytes()))
  const originals: Seen[] = []
  for (const bytes of samples) originals.push(await see(bytes))
  for (const [name, scene] of Object.entries(scenes)) {
    let [byPhoto, byText] = [0, 0]
    for (const [at, original] of originals.entries()) {
      const copy = await see(await photographed(samples[at] as Uint8Array, scene))
      if (isNearCopy(original.hash, 0, copy.probes)) byPhoto += 1
      if (areOneReceipt(original.text, copy.text)) byText += 1
    }
    say(`${name}: ${byPhoto} of ${samples.length} by photo, ${byText} by text`)
  }
}

async function measureFalseAlarms(): Promise<void> {
  const seen: Seen[] = []
  for (let index = 0; index < receipts; index += 1) seen.push(await see(await rendered(index)))
  const pairs = seen.flatMap((a, index) => seen.slice(index + 1).map((b) => [a, b] as const))
  const taken = pairs.filter(([a, b]) => areOneReceipt(a.text, b.text)).length
  const alike = pairs.filter(([a, b]) => isNearCopy(a.hash, 0, b.probes))
  const unsure = alike.filter(([a, b]) => areOneReceipt(a.text, b.text) !== false).length
  say(`${receipts} receipts of one restaurant, ${pairs.length} pairs: ${taken} taken for one by their text`)
  say(`  ${alike.length} pairs look alike, of which the text does not tell ${unsure} apart`)
}

/** A clean picture of a receipt, as a till's screen shows it: the hardest to tell apart. */
async function rendered(index: number): Promise<Uint8Array> {
  const rows = restaurantReceipt(index).rows.map((row) => {
    const spans = row.replace('^', '').split('|')
    const isTitle = row.startsWith('^')
    const style = isTitle ? 'justify-content:center;font-size:28px' : 'justify-content:space-between'
    return `<div style="display:flex;padding:3px 16px;${style}">${spans.map((one) => `<span>${one}</span>`).join('')}</div>`
  })
  const page = join(scratchDir, 'page.html')
  await Bun.write(page, `<meta charset="utf-8"><body style="font:17px sans-serif">${rows.join('')}`)
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--force-device-scale-factor=2']
  const picture = join(scratchDir, 'page.png')
  const options = ['--window-size=400,740', `--screenshot=${picture}`, `--user-data-dir=${scratchDir}/browser`]
  await Bun.spawn(['chromium', ...flags, ...options, `file://${page}`], { stdio: ['ignore', 'ignore', 'ignore'] })
    .exited
  return Bun.file(picture).bytes()
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
