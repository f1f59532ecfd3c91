// A whole program for the test of a compiled binary: reads the receipt it is given and prints the reading.
import { createReader } from '../../src/receipts/reader.ts'

const [file = '', scratchDir = ''] = process.argv.slice(2)
const workerUrl = new URL('./src/receipts/reader-worker.js', import.meta.url)
const reader = createReader({ timeoutMs: 60_000, maxWaiting: 0, idleMs: 60_000, scratchDir, workerUrl })
const reading = await reader.read(await Bun.file(file).bytes())
await Bun.write(Bun.stdout, JSON.stringify(reading))
await reader.close()
