import type { Use } from '../dialect.ts'
import { aliasNames, type Write, writerOf } from './answers.ts'
import type { RequestAlias } from './requests.ts'
import type { FormDialect, Omitted, RouteDialect } from './route-dialect.ts'
import type { Uses } from './uses.ts'

export interface CountedAlias extends RequestAlias {
  readonly use: Use
}

/** A route's dialect with its counters, ready to run. */
export interface CompiledRoute {
  readonly json: readonly CountedAlias[]
  readonly query: readonly CountedAlias[]
  readonly form: CompiledForm | undefined
  readonly wheel: RouteDialect['wheel']
  readonly figures: RouteDialect['figures']
  readonly says: RouteDialect['says']
  readonly sentences: Readonly<Record<number, string>>
  /** Adds the answer's aliases; undefined when there are none. */
  readonly write: Write | undefined
  /** Counts the answers that had the aliases added. */
  readonly written: Use
}

interface CompiledForm {
  readonly files: ReadonlyMap<string, Use>
  readonly fields: ReadonlyMap<string, { field: string; use: Use }>
  readonly token: { field: string; use: Use }
  readonly omits: ReadonlyMap<string, Omitted & { use: Use }>
}

/** @param route method and path; the names of its counters begin with it */
export function compileRoute(route: string, dialect: RouteDialect, uses: Uses): CompiledRoute {
  const { json = [], query = [], form, wheel, figures, answer, says, sentences = {} } = dialect
  const counted = (alias: RequestAlias) => ({ ...alias, use: uses.of(`${route} < ${alias.alias}`) })
  const names = answer ? aliasNames(answer) : []
  return {
    json: json.map(counted),
    query: query.map(counted),
    form: form && compileForm(route, form, uses),
    wheel,
    figures,
    says,
    sentences,
    write: answer && writerOf(answer),
    written: uses.of(...names.map((alias) => `${route} > ${alias}`)),
  }
}

function compileForm(route: string, { files, fields, token, omits }: FormDialect, uses: Uses): CompiledForm {
  const useOf = (alias: string) => uses.of(`${route} < ${alias}`)
  return {
    files: new Map(files.map((file) => [file, useOf(file)])),
    fields: new Map(Object.entries(fields).map(([alias, field]) => [alias, { field, use: useOf(alias) }])),
    token: { field: token, use: useOf(token) },
    omits: new Map(Object.entries(omits).map(([field, omitted]) => [field, { ...omitted, use: useOf(`no ${field}`) }])),
  }
}
