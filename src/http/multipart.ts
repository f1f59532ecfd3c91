import { Busboy, type BusboyInstance } from '@fastify/busboy'
import type { Context, MiddlewareHandler } from 'hono'
import { Refusal } from '../contract/refusals.ts'
import { GrowingBytes } from '../lib/growing-bytes.ts'
import { within } from '../lib/within.ts'
import type { AppEnv } from './env.ts'
import type { Form, FormLimits } from './form.ts'

const longestField = 1_024
/** Clients send fields of their own, though few. For the parser, empty parts cost the most per byte. */
const mostParts = 256
const mostHeaders = 16
/** The bytes that are parsed in one go, before other work gets its turn. */
const slice = 16 * 1024
/**
 * How long a body may take, and the least bytes that must arrive in each interval. A phone on a bad network manages it.
 */
const usualPace = { most_ms: 120_000, stretch_ms: 20_000, bytesAStretch: 16_384 }
/** The pace that a body must keep while other requests wait for its place. */
const wantedPace = { stretch_ms: 2_500, bytesAStretch: 65_536 }
/** A longer body is not read to its end. */
const largestBody = 64 * 1024 * 1024
const multipartType = /^multipart\/form-data\s*(;|$)/i

const patience_s = usualPace.most_ms / 1_000 + 10

/** Raises the server's idle timeout, so that a slow body is not taken for an idle connection. */
export const patient: MiddlewareHandler<AppEnv> = (c, next) => {
  c.env.server?.timeout(c.req.raw, patience_s)
  return next()
}

/** Reads the request's form, as {@link readForm} does, and translates it into the contract's words. */
export function formOf(c: Context<AppEnv>, limits: FormLimits): Promise<Form> {
  return c.get('dialect')?.readForm(limits) ?? readForm(c.req.raw, limits)
}

/**
 * Reads a multipart body as it streams in. What is over the limits is read and dropped: a client that is still sending
 * would take an early answer for a broken connection.
 * @throws {Refusal} 9005 for another content type, 9004 for a body over 64 MiB, 9001 for a body that is malformed or
 * arrives too slowly or in too many parts, or that has a wanted field twice or too long, or the kept file twice.
 */
export async function readForm(request: Request, limits: FormLimits, pace = usualPace): Promise<Form> {
  const type = request.headers.get('Content-Type')
  if (type === null && request.body === null)
    return { fields: new Map(), file: undefined, part: undefined, isFileTooLarge: false }
  if (type === null || !multipartType.test(type)) throw new Refusal(9005)
  if (request.body === null) throw new Refusal(9001)
  if (Number(request.headers.get('Content-Length')) > largestBody) throw new Refusal(9004)
  const watches = [watchPace(pace), watchPace(wantedPace, limits.isWanted ?? (() => false))]
  const arrived = (bytes: number) => {
    for (const watch of watches) watch.arrived(bytes)
  }
  try {
    const expected = Number(request.headers.get('Content-Length')) || 0
    const parsed = parse(request.body, type, { ...limits, expected }, arrived)
    const stalled = watches.map((watch) => watch.stalled)
    const form = await within(Promise.race([parsed, ...stalled]), pace.most_ms, undefined)
    if (!form) throw new Refusal(9001)
    return form
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(9001, null, { cause: error })
  } finally {
    for (const watch of watches) watch.end()
  }
}

/** Counts arriving bytes. Rejects `stalled` when too few came in one interval, unless `matters` says otherwise. */
function watchPace({ stretch_ms, bytesAStretch }: typeof wantedPace, matters = () => true) {
  const { promise: stalled, reject } = Promise.withResolvers<never>()
  stalled.catch(() => {})
  let bytes = 0
  const timer = setInterval(() => {
    if (bytes < bytesAStretch && matters()) reject(new Error('the body came too slowly'))
    bytes = 0
  }, stretch_ms)
  return {
    arrived(more: number) {
      bytes += more
    },
    stalled,
    end: () => clearInterval(timer),
  }
}

interface File {
  bytes: GrowingBytes
  /** See {@link rankOf}. A higher value than any rank means that no file was found yet. */
  rank: number
  isNamed: boolean
  isTwice: boolean
}

async function parse(
  body: ReadableStream<Uint8Array>,
  type: string,
  limits: FormLimits & { expected: number },
  arrived: (bytes: number) => void,
): Promise<Form> {
  const fields = new Map<string, string>()
  const none = 2 * limits.files.length
  const noBytes = () => new GrowingBytes(limits.expected, limits.largestFile)
  let file: File = { bytes: noBytes(), rank: none, isNamed: false, isTwice: false }
  const parser = new Busboy({
    headers: { 'content-type': type },
    // What is over the parser's own limits of fields and files would be missing, and nobody told.
    limits: { fieldSize: longestField, parts: mostParts, headerPairs: mostHeaders },
    isPartAFile: (name = '', type, filename) =>
      limits.files.includes(name) || (looksLikeFile(type, filename) && !limits.fields.includes(name)),
  })
  const done = new Promise<void>((resolve, reject) => parser.once('finish', resolve).on('error', reject))
  parser.once('partsLimit', () => parser.destroy(new Error('too many parts')))
  done.catch(() => {})
  parser.on('field', (name, value, _nameCut, valueCut) => {
    if (!limits.fields.includes(name)) return
    if (fields.has(name) || valueCut) parser.destroy(new Error('a field came twice, or is too long'))
    fields.set(name, value)
  })
  parser.on('file', (name, stream, filename, _encoding, type) => {
    stream.on('error', (error) => parser.destroy(error))
    const rank = rankOf(limits, name, type, filename)
    if (rank === file.rank) file.isTwice = true
    if (rank === -1 || rank >= file.rank) return stream.resume()
    const bytes = noBytes()
    file = { bytes, rank, isNamed: Boolean(filename), isTwice: false }
    stream.on('data', (chunk: Buffer) => bytes.append(chunk))
  })
  await Promise.race([feed(parser, body, arrived), done])
  await done
  if (file.isTwice) throw new Error('a file came twice')
  const bytes = file.bytes.taken()
  const isFileTooLarge = !bytes
  const isEmptyControl = bytes?.length === 0 && !file.isNamed
  const isText = file.rank >= limits.files.length && beginsAsText(bytes)
  if (file.rank === none || isEmptyControl || isText)
    return { fields, file: undefined, part: undefined, isFileTooLarge }
  const part = limits.files[file.rank % limits.files.length]
  return { fields, file: bytes, part, isFileTooLarge }
}

/** True for a part with a file name or a type of images or bytes. Some clients leave one of them out. */
function looksLikeFile(type: string | undefined, filename: string | undefined): boolean {
  return filename !== undefined || /^(image\/|application\/octet-stream)/i.test(type ?? '')
}

/** The rank of a part among the wanted files; -1 if it is not wanted. Parts that look like files rank first. */
function rankOf({ files }: FormLimits, name: string, type: string, filename: string | undefined): number {
  const place = files.indexOf(name)
  return place === -1 || looksLikeFile(type, filename) ? place : place + files.length
}

const beginning = 64

/** True for text. An image is invalid UTF-8, or has control characters in its first bytes. */
function beginsAsText(bytes: Uint8Array | undefined): boolean {
  if (!bytes?.length) return false
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, beginning), { stream: true })
    return !/[\p{Cc}--\s]/v.test(text)
  } catch {
    return false
  }
}

async function feed(
  parser: BusboyInstance,
  body: ReadableStream<Uint8Array>,
  arrived: (bytes: number) => void,
): Promise<void> {
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    arrived(chunk.length)
    if (size > largestBody) throw new Refusal(9004)
    for (let at = 0; at < chunk.length; at += slice) {
      if (parser.destroyed) return
      if (!parser.write(chunk.subarray(at, at + slice)))
        await new Promise<void>((resolve) => parser.once('drain', resolve))
    }
  }
  parser.end()
}
