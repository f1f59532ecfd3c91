import { type Context, Hono } from 'hono'
import type { AppEnv } from '../http/env.ts'
import { describe } from '../http/operation-docs.ts'
import { assetsPath, type BuiltFile, type BuiltPages, type PageName } from './build.ts'
import { documentOf, type PageFacts, policyOf } from './document.ts'

export interface PageRoutesDeps {
  build: () => Promise<BuiltPages>
  facts: PageFacts
}

/** What a page's own address answers: its document, which names the files that it needs. */
interface Document {
  text: string
  etag: string
}

const forever = 'public, max-age=31536000, immutable'

/** The pages, and the files that they load. */
export function pageRoutes({ build, facts }: PageRoutesDeps) {
  const built = build()
  // A fault is told to whoever asks for a page.
  built.catch(() => {})
  const files = built.then((pages) => new Map(pages.files.map((file) => [file.name, file])))
  files.catch(() => {})
  const policy = policyOf(facts.imageOrigin)
  const documents = new Map<PageName, Promise<Document>>()
  const documentFor = (name: PageName) => {
    const known = documents.get(name) ?? built.then(({ pages }) => withTag(documentOf(name, pages[name], facts)))
    documents.set(name, known)
    return known
  }
  const page = (name: PageName) => async (c: Context<AppEnv>) => {
    const { text, etag } = await documentFor(name)
    const headers = { ETag: etag, 'Cache-Control': 'no-cache', 'Content-Security-Policy': policy }
    if (c.req.header('If-None-Match')?.includes(etag)) return c.body(null, 304, headers)
    return c.html(text, 200, headers)
  }
  return new Hono<AppEnv>()
    .get('/', page('diner'))
    .get('/console', pageDocs('The console of the staff'), page('console'))
    .get('/api/docs', pageDocs('This document as a page'), page('docs'))
    .get('/verify', pageDocs('The page that checks draws, in one file that works from a disk too'), async (c) => {
      const { name, policy } = (await built).verify
      const etag = `W/"${name}"`
      const headers = { ETag: etag, 'Cache-Control': 'no-cache', 'Content-Security-Policy': policy }
      if (c.req.header('If-None-Match')?.includes(etag)) return c.body(null, 304, headers)
      return fileAnswer(c, (await files).get(name), headers)
    })
    .get(`${assetsPath}/:name`, assetDocs, async (c) =>
      fileAnswer(c, (await files).get(c.req.param('name')), { 'Cache-Control': forever }),
    )
}

function pageDocs(summary: string) {
  const answers = { 200: { says: 'The page', type: 'text/html' }, 304: { says: 'The browser has it already' } }
  return describe({ summary, tag: 'pages', answers })
}

const assetDocs = describe({
  summary: 'A file of the pages; its name changes with its content',
  tag: 'pages',
  answers: { 200: { says: 'The file' }, 404: { says: 'No such file' } },
})

function withTag(text: string): Document {
  return { text, etag: `W/"${Bun.hash(text).toString(36)}"` }
}

function fileAnswer(c: Context<AppEnv>, file: BuiltFile | undefined, more: Record<string, string>) {
  if (!file) return c.notFound()
  const { type, brotli, gzip } = file
  const encoding = encodingFor(c.req.header('Accept-Encoding') ?? '')
  const headers = { 'Content-Type': type, Vary: 'Accept-Encoding', ...more }
  if (encoding === 'identity') return c.body(Bun.gunzipSync(new Uint8Array(gzip)), 200, headers)
  const bytes = encoding === 'br' ? brotli : gzip
  return c.body(new Uint8Array(bytes), 200, { ...headers, 'Content-Encoding': encoding })
}

/** The best encoding that the client accepts (RFC 9110, 12.5.3). */
export function encodingFor(accepted: string): 'br' | 'gzip' | 'identity' {
  const names = accepted
    .toLowerCase()
    .split(',')
    .map((part) => part.split(';').map((piece) => piece.trim()))
    .filter(([, weight]) => !/^q=0(\.0*)?$/.test(weight ?? ''))
    .map(([name]) => name)
  if (names.includes('br')) return 'br'
  return names.includes('gzip') ? 'gzip' : 'identity'
}
