import { type Context, Hono } from 'hono'
import { type CompressedFile, compressedAnswer, compressedText } from '../http/compressed.ts'
import type { AppEnv } from '../http/env.ts'
import { forGood } from '../http/for-everybody.ts'
import { describe } from '../http/operation-docs.ts'
import { assetsPath, type BuiltFile, type BuiltPages, type PageName } from './build.ts'
import { documentOf, type PageFacts, policyOf } from './document.ts'

export interface PageRoutesDeps {
  build: () => Promise<BuiltPages>
  facts: PageFacts
}

/** The pages, and the files that they load. */
export function pageRoutes({ build, facts }: PageRoutesDeps) {
  const built = build()
  // A fault is told to whoever asks for a page.
  built.catch(() => {})
  const files = built.then((pages) => new Map(pages.files.map((file) => [file.name, file])))
  files.catch(() => {})
  const policy = policyOf(facts.imageOrigin)
  const documents = new Map<PageName, Promise<CompressedFile>>()
  const documentFor = (name: PageName) => {
    const known =
      documents.get(name) ??
      built.then(({ pages }) => compressedText(documentOf(name, pages[name], facts), 'text/html; charset=utf-8'))
    documents.set(name, known)
    return known
  }
  const page = (name: PageName) => async (c: Context<AppEnv>) =>
    compressedAnswer(c, await documentFor(name), { 'Content-Security-Policy': policy })
  return new Hono<AppEnv>()
    .get('/', page('diner'))
    .get('/console', pageDocs('The console of the staff'), page('console'))
    .get('/api/docs', pageDocs('This document as a page'), page('docs'))
    .get('/verify', pageDocs('The page that checks draws, in one file that works from a disk too'), async (c) => {
      const { name, policy } = (await built).verify
      return fileAnswer(c, (await files).get(name), { 'Content-Security-Policy': policy }, `W/"${name}"`)
    })
    .get(`${assetsPath}/:name`, assetDocs, async (c) =>
      fileAnswer(c, (await files).get(c.req.param('name')), { 'Cache-Control': forGood }),
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

function fileAnswer(c: Context<AppEnv>, file: BuiltFile | undefined, more: Record<string, string>, etag?: string) {
  if (!file) return c.notFound()
  return compressedAnswer(c, etag === undefined ? file : { ...file, etag }, more)
}
