import { signal } from '@preact/signals'

/** A JSON Schema, as far as the page shows it. */
export interface Schema {
  type?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  oneOf?: Schema[]
  additionalProperties?: Schema | boolean
  description?: string
  [limit: string]: unknown
}

export interface Parameter {
  name: string
  in: string
  required?: boolean
  description?: string
  schema: Schema
}

type Content = Record<string, { schema?: Schema }>

export interface Operation {
  method: string
  path: string
  summary: string
  tags: string[]
  operationId: string
  security: object[]
  parameters: Parameter[]
  requestBody?: { content: Content }
  responses: Record<string, { description: string; content?: Content }>
  'x-refusals': number[]
  'x-rights'?: string[]
  'x-example'?: { path: string; body?: unknown; form?: Record<string, string>; answer: unknown }
}

export interface ApiDocument {
  info: { title: string; version: string; description: string }
  openapi: string
  paths: Record<string, Record<string, Omit<Operation, 'method' | 'path'>>>
  'x-messages': Record<string, Schema>
  'x-client-messages': Schema
  'x-codes': Record<string, string>
}

/** The service's own description; null while it is on its way. */
export const api = signal<ApiDocument | null>(null)
export const failure = signal('')

export async function load(): Promise<void> {
  failure.value = ''
  try {
    const response = await fetch('/api/openapi.json')
    api.value = await response.json()
  } catch (error) {
    failure.value = (error as Error).message
  }
}

export function operationsOf({ paths }: ApiDocument): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  )
}

/** The schema of what is sent, and whether it is sent as a form. */
export function bodyOf({ requestBody }: Operation): { schema: Schema; isForm: boolean } | undefined {
  const [[type = '', { schema }] = ['', {} as { schema?: Schema }]] = Object.entries(requestBody?.content ?? {})
  return schema && { schema, isForm: type.startsWith('multipart/') }
}

/** The schema of `data` in the answer; of the whole answer where there is no envelope. */
export function answerOf({ responses }: Operation): Schema | undefined {
  const [content] = Object.values(responses['200']?.content ?? {})
  return content?.schema?.oneOf?.[0]?.properties?.data ?? content?.schema
}

/** Whether every word of a search stands somewhere in what is told of an operation. */
export function matches({ method, path, summary, tags, ...operation }: Operation, search: string): boolean {
  const told = [method, path, summary, ...tags, ...operation['x-refusals'], ...(operation['x-rights'] ?? [])]
  const text = told.join(' ').toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
