import { type CompressedFile, compressed } from '../http/compressed.ts'
import { bundle } from './bundle.ts'
import { buildVerifyPage } from './single-file.ts'

/** A file of the pages. */
export interface BuiltFile extends CompressedFile {
  /** With a hash of its content, so that it may be kept for ever. */
  name: string
}

/** The pages by their names. Each one names its script and its style, which are among the files. */
export interface BuiltPages {
  files: readonly BuiltFile[]
  pages: Readonly<Record<PageName, PageFiles>>
  /** The page that checks draws: one file, among the files too, and its policy. */
  verify: { name: string; policy: string }
}

export interface PageFiles {
  script: string
  style: string
  /** What the script imports at once. Browsers are told of it beforehand. */
  parts: readonly string[]
}

const pageNames = ['diner', 'console', 'docs'] as const
export type PageName = (typeof pageNames)[number]

/** Where the files are served. */
export const assetsPath = '/assets'

const types: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
}

/**
 * Bundles the pages from their sources. `quality` is Brotli's, up to 11: a release takes its time, a start from source
 * does not.
 * @throws {AggregateError} when a source has a fault
 */
export async function buildPages(quality: number): Promise<BuiltPages> {
  const building = buildVerifyPage()
  const simulator = await buildSimulator()
  const { outputs, metafile } = await Bun.build({
    entrypoints: pageNames.map((name) => `${import.meta.dir}/${name}/${name}.tsx`),
    ...bundle,
    splitting: true,
    metafile: true,
    publicPath: `${assetsPath}/`,
    naming: { entry: '[name]-[hash].[ext]', chunk: 'chunk-[hash].[ext]', asset: '[name]-[hash].[ext]' },
    define: { ...bundle.define, simulatorFile: JSON.stringify(`${assetsPath}/${nameOf(simulator.path)}`) },
  })
  const files = await Promise.all(
    [...outputs, simulator].map(async (output) =>
      named(nameOf(output.path), new Uint8Array(await output.arrayBuffer()), quality),
    ),
  )
  const pages = Object.fromEntries(pageNames.map((page) => [page, filesOf(page, metafile?.outputs ?? {})]))
  const { text, policy } = await building
  const verify = named(`verify-${Bun.hash(text).toString(36)}.html`, new TextEncoder().encode(text), quality)
  return {
    files: [...files, verify],
    pages: pages as BuiltPages['pages'],
    verify: { name: verify.name, policy },
  }
}

/** The worker that plays through a wheel. It is a file of its own, whose name the console's script has to know. */
async function buildSimulator(): Promise<Bun.BuildArtifact> {
  const { outputs } = await Bun.build({
    entrypoints: [`${import.meta.dir}/console/wheel/simulator-worker.ts`],
    ...bundle,
    naming: '[name]-[hash].[ext]',
  })
  const [file] = outputs
  if (!file) throw new Error('the simulator was not built')
  return file
}

function filesOf(page: PageName, outputs: Bun.BuildMetafile['outputs']): PageFiles {
  const [path = '', { cssBundle = '' } = {}] =
    Object.entries(outputs).find(([, { entryPoint }]) => entryPoint?.endsWith(`/${page}.tsx`)) ?? []
  const parts = new Set<string>()
  const add = (from: string) => {
    for (const { path: part, kind } of outputs[from]?.imports ?? []) {
      if (kind !== 'import-statement' || parts.has(part)) continue
      parts.add(part)
      add(part)
    }
  }
  add(path)
  return { script: nameOf(path), style: nameOf(cssBundle), parts: [...parts].map(nameOf) }
}

function named(name: string, bytes: Uint8Array<ArrayBuffer>, quality: number): BuiltFile {
  const type = types[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
  return { name, ...compressed(bytes, type, quality) }
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)
