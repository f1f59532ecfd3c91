import { Busboy, type BusboyInstance } from '@fastify/busboy'
import { Refusal } from '../contract/refusals.ts'
import { within } from '../within.ts'

/** A multipart form of one file and a few short text fields. */
export interface Form {
  fields: ReadonlyMap<string, string>
  /** The first file under the wanted name; none for an empty form control. */
  file: Uint8Array | undefined
  /** True when the file went on beyond the limit; then nothing of it is kept. */
  isFileTooLarge: boolean
}

export interface FormLimits {
  /** The name of the file's part. */
  file: string
  /** The largest file, in bytes. */
  largestFile: number
}

const mostFields = 16
const longestField = 1_024
const readTimeout_ms = 120_000
/** A body is read to its end up to here, and not begun or broken off beyond it. */
const largestBody = 64 * 1024 * 1024
const multipartType = /^multipart\/form-data\s*(;|$)/i

/**
 * Reads a multipart body as it streams in. What goes beyond the limits is read and dropped: a client that is still
 * sending would take an early answer for a broken connection.
 * @throws {Refusal} 9005 for another content type, 9004 for a body beyond all measure, 9001 for a malformed one.
 */
export async function readForm(request: Request, limits: FormLimits): Promise<Form> {
  const type = request.headers.get('Content-Type')
  if (type === null && request.body === null) return { fields: new Map(), file: undefined, isFileTooLarge: false }
  if (type === null || !multipartType.test(type)) throw new Refusal(9005)
  if (request.body === null) throw new Refusal(9001)
  if (Number(request.headers.get('Content-Length')) > largestBody) throw new Refusal(9004)
  try {
    const form = await within(parse(request.body, type, limits), readTimeout_ms, undefined)
    if (!form) throw new Refusal(9001)
    return form
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(9001, null, undefined, error)
  }
}

async function parse(body: ReadableStream<Uint8Array>, type: string, limits: FormLimits): Promise<Form> {
  const fields = new Map<string, string>()
  const file = { chunks: [] as Buffer[], size: 0, isFound: false, isNamed: false }
  const parser = new Busboy({
    headers: { 'content-type': type },
    limits: { fields: mostFields, fieldSize: longestField, files: mostFields, headerPairs: mostFields },
  })
  const done = new Promise<void>((resolve, reject) => parser.once('finish', resolve).on('error', reject))
  done.catch(() => {})
  parser.on('field', (name, value, _nameCut, valueCut) => {
    if (!valueCut && !fields.has(name)) fields.set(name, value)
  })
  parser.on('file', (name, stream, filename) => {
    stream.on('error', (error) => parser.destroy(error))
    if (name !== limits.file || file.isFound) return stream.resume()
    file.isFound = true
    file.isNamed = Boolean(filename)
    stream.on('data', (chunk: Buffer) => {
      file.size += chunk.length
      if (file.size <= limits.largestFile) file.chunks.push(chunk)
      else file.chunks.length = 0
    })
  })
  await Promise.race([feed(parser, body), done])
  await done
  const isFileTooLarge = file.size > limits.largestFile
  const isEmptyControl = file.size === 0 && !file.isNamed
  const isKept = file.isFound && !isEmptyControl && !isFileTooLarge
  return { fields, file: isKept ? joined(file.chunks, file.size) : undefined, isFileTooLarge }
}

async function feed(parser: BusboyInstance, body: ReadableStream<Uint8Array>): Promise<void> {
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > largestBody) throw new Refusal(9004)
    if (!parser.write(chunk)) await new Promise<void>((resolve) => parser.once('drain', resolve))
  }
  parser.end()
}

/** One array of its own: a shared pool's buffer would keep its neighbours alive. */
function joined(chunks: readonly Buffer[], size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}
