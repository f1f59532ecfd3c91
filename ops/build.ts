/**
 * Builds the one executable. It holds the program, Bun's runtime, the migrations, the built pages, and the reader's
 * worker with its models and its native library. `--target linux-x64|linux-arm64` is this machine's by default; `--outfile
 * <path>`.
 */
import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildPages } from '../src/web/build.ts'

/** Bun's name of an architecture, by the names that Bun and containers use. */
const architectures: Record<string, string> = { x64: 'x64', amd64: 'x64', arm64: 'arm64' }

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: `linux-${process.arch}` },
    outfile: { type: 'string', default: 'dist/restaurant-points' },
  },
})
const [system, architecture = ''] = values.target.split('-')
const built = architectures[architecture]
if (system !== 'linux' || !built) throw new Error(`${values.target}: there are linux-x64 and linux-arm64`)

/** The smallest that Brotli makes. */
const brotliQuality = 11

/** Puts the built pages in the place of the module that would build them. A build can't run inside another one's. */
async function pagesInside(): Promise<Bun.BunPlugin> {
  const { files, ...named } = await buildPages(brotliQuality)
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
  const texts = files.map((file) => ({ ...file, brotli: text(file.brotli), gzip: text(file.gzip) }))
  const contents = `const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64'))
const files = ${JSON.stringify(texts)}.map((file) => ({ ...file, brotli: bytes(file.brotli), gzip: bytes(file.gzip) }))
export const builtPages = async () => ({ files, ...${JSON.stringify(named)} })`
  return {
    name: 'pages',
    setup(build) {
      build.onLoad({ filter: /\/src\/web\/built\.ts$/ }, () => ({ contents, loader: 'js' }))
    },
  }
}

const root = resolve(import.meta.dir, '..')
const outfile = resolve(values.outfile)
const { outputs } = await Bun.build({
  // The worker is found beside the program, under the folder they share.
  entrypoints: [`${root}/src/main.ts`, `${root}/src/receipts/reading/reader-worker.ts`],
  target: 'bun',
  plugins: [await pagesInside()],
  // Bytecode halves the time to start. With the map, names and lines stay readable in a stack.
  format: 'esm',
  bytecode: true,
  sourcemap: 'inline',
  compile: {
    target: `bun-linux-${built}` as Bun.Build.CompileTarget,
    outfile,
    // A file that lies where the program is started must not run code in it or become its settings.
    autoloadBunfig: false,
    autoloadDotenv: false,
  },
})
// The maps are inside the executable as well.
await Promise.all(outputs.filter(({ kind }) => kind === 'sourcemap').map(({ path }) => rm(path)))
process.stdout.write(`${outfile} (linux-${built}, ${(Bun.file(outfile).size / 1024 ** 2).toFixed(0)} MiB)\n`)
