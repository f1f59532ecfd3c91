import { brotliCompressSync, constants } from 'node:zlib'

/** A file of the pages, compressed in both ways that browsers know. */
export interface BuiltFile {
  /** With a hash of its content, so that it may be kept for ever. */
  name: string
  type: string
  brotli: Uint8Array
  gzip: Uint8Array
}

/** The pages by their names. Each one names its script and its style, which are among the files. */
export interface BuiltPages {
  files: readonly BuiltFile[]
  pages: Readonly<Record<PageName, { script: string; style: string }>>
}

const pageNames = ['diner'] as const
export type PageName = (typeof pageNames)[number]

/** Where the files are served. */
export const assetsPath = '/assets'

const types: Record<string, string> = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' }

/**
 * Bundles the pages from their sources. `quality` is Brotli's, up to 11: a release takes its time, a start from source
 * does not.
 * @throws {AggregateError} when a source has a fault
 */
export async function buildPages(quality: number): Promise<BuiltPages> {
  const { outputs } = await Bun.build({
    entrypoints: pageNames.map((name) => `${import.meta.dir}/${name}/${name}.tsx`),
    target: 'browser',
    splitting: true,
    minify: true,
    publicPath: `${assetsPath}/`,
    naming: { entry: '[name]-[hash].[ext]', chunk: 'chunk-[hash].[ext]', asset: '[name]-[hash].[ext]' },
    define: { 'process.env.NODE_ENV': '"production"' },
    jsx: { runtime: 'automatic', importSource: 'preact', development: false },
  })
  const files = await Promise.all(
    outputs.map(async (output) => compressed(nameOf(output.path), new Uint8Array(await output.arrayBuffer()), quality)),
  )
  const named = (page: PageName, end: string) =>
    files.find(({ name }) => name.startsWith(`${page}-`) && name.endsWith(end))?.name ?? ''
  const pages = Object.fromEntries(
    pageNames.map((page) => [page, { script: named(page, '.js'), style: named(page, '.css') }]),
  ) as BuiltPages['pages']
  return { files, pages }
}

function compressed(name: string, bytes: Uint8Array<ArrayBuffer>, quality: number): BuiltFile {
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } })
  const type = types[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
  return { name, type, brotli: new Uint8Array(brotli), gzip: Bun.gzipSync(bytes) }
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)
