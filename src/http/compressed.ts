import { brotliCompressSync, constants } from 'node:zlib'
import type { Context } from 'hono'
import type { AppEnv } from './env.ts'

/** A file in both encodings that clients know. */
export interface CompressedFile {
  type: string
  brotli: Uint8Array
  gzip: Uint8Array
  /** Where the file may change under its name: clients that keep it ask whether it did. */
  etag?: string
}

/** Brotli's quality where somebody waits: files are a few per cent larger than the smallest, and there at once. */
export const quickQuality = 5

/** @param quality Brotli's, up to 11 */
export function compressed(bytes: Uint8Array<ArrayBuffer>, type: string, quality: number): CompressedFile {
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } })
  return { type, brotli: new Uint8Array(brotli), gzip: Bun.gzipSync(bytes) }
}

/** A text of this process, compressed once, with its tag. */
export function compressedText(text: string, type: string): CompressedFile {
  return { ...compressed(new TextEncoder().encode(text), type, quickQuality), etag: etagOf(text) }
}

/** A tag of content. It is weak: the same content goes out in several encodings. */
function etagOf(content: string | Uint8Array): string {
  return `W/"${Bun.hash(content).toString(36)}"`
}

/** True for a client that has what the tag stands for. */
function hasAlready(c: Context<AppEnv>, etag: string): boolean {
  return c.req.header('If-None-Match')?.includes(etag) ?? false
}

/** Answers with a file as the client wants it; 304 where it has the file already. */
export function compressedAnswer(c: Context<AppEnv>, file: CompressedFile, more: Record<string, string> = {}) {
  const { type, brotli, gzip, etag } = file
  const caching: Record<string, string> = etag === undefined ? {} : { ETag: etag, 'Cache-Control': 'no-cache' }
  const headers = { Vary: 'Accept-Encoding', ...caching, ...more }
  if (etag !== undefined && hasAlready(c, etag)) return c.body(null, 304, headers)
  const encoding = encodingFor(c.req.header('Accept-Encoding') ?? '')
  const typed = { 'Content-Type': type, ...headers }
  if (encoding === 'identity') return c.body(Bun.gunzipSync(new Uint8Array(gzip)), 200, typed)
  const bytes = encoding === 'br' ? brotli : gzip
  return c.body(new Uint8Array(bytes), 200, { ...typed, 'Content-Encoding': encoding })
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
