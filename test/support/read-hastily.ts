import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createReader } from '../../src/receipts/reading/reader.ts'

// Gives the photo less time than it takes. At each of these moments the worker is busy with another step.
const [photo = ''] = process.argv.slice(2)
const image = await Bun.file(photo).bytes()
for (const timeout_ms of [150, 300, 450, 600, 900]) {
  const scratchDir = mkdtempSync(join(tmpdir(), 'reader-hasty-'))
  const reader = createReader({ timeout_ms, maxWaiting: 4, idle_ms: 60_000, scratchDir })
  const hasty = await reader.read(image)
  process.stdout.write(`${timeout_ms}: ${hasty === null ? 'nothing' : 'read'}\n`)
  await reader.close()
  await Bun.sleep(300)
}
process.stdout.write('alive\n')
process.exit(0)
