import type { Refusal } from '../../contract/refusals.ts'
import type { Dialect, Use } from '../dialect.ts'
import type { Form, FormLimits } from '../form.ts'
import { readForm } from '../multipart.ts'
import type { CodeAlias } from './codes.ts'
import type { CompiledRoute, CountedAlias } from './compiled-route.ts'
import type { LostAnswers } from './lost-answers.ts'
import { type Fields, isFields } from './requests.ts'
import { v220 } from './versions.ts'
import { completedWheel, type DefaultWheel, resetWheel, type ShownWheel } from './wheel.ts'

/** What the dialects of all requests share. */
export interface Shared {
  codes: readonly (CodeAlias & { use: Use })[]
  message: Use
  retry: Use
  /** `undefined` and `null` as text in a query. */
  noValue: Use
  now: () => Date
  lostAnswers: LostAnswers
  presentWheel: () => Promise<ShownWheel>
  defaultWheel: DefaultWheel
}

/** One request in the words of older clients. */
export class ClientDialect implements Dialect {
  token: string | undefined
  basis: number | undefined
  asked: unknown
  figures: Fields = {}
  #uses: Use[] | undefined
  #form: Promise<Form> | undefined
  /** The form's file, and its fields in the contract's words. */
  #part: string | undefined
  #fields: Form['fields'] = new Map()
  readonly route: CompiledRoute
  readonly #request: Request
  readonly #baseUrl: string
  readonly #shared: Shared

  constructor(route: CompiledRoute, request: Request, baseUrl: string, shared: Shared) {
    this.route = route
    this.#request = request
    this.#baseUrl = baseUrl
    this.#shared = shared
  }

  get uses(): readonly Use[] {
    return this.#uses ?? []
  }

  read(part: 'json' | 'query' | 'param', given: unknown): unknown {
    if (part === 'param') return given
    if (part === 'query' && isFields(given)) this.#dropNoValues(given)
    const aliases = this.route[part]
    if (isFields(given)) for (const alias of aliases) this.#apply(alias, given)
    return part === 'json' && this.route.wheel ? this.#wholeWheel(given) : given
  }

  readForm(limits: FormLimits): Promise<Form> {
    this.#form ??= this.#formInOurWords(limits)
    return this.#form
  }

  mayOmit(field: string): boolean {
    const omitted = this.route.form?.omits.get(field)
    if (!omitted) return false
    // Some builds send uploads without the version header of their other calls. They are recognised by their form.
    const isTheirs = this.#part === omitted.file && !this.#fields.has(field)
    if (!isTheirs && !omitted.version.test(this.#version)) return false
    this.#used(omitted.use)
    return true
  }

  write(data: object): object {
    const { write, written } = this.route
    this.#shared.message.count += 1
    written.count += 1
    if (!write) return data
    return write(data as Fields, { now: this.#shared.now(), version: this.#version, figures: this.figures })
  }

  said(data: object): string | undefined {
    return this.route.says?.(data as Fields)
  }

  answeredAgain(uses: readonly Use[]): void {
    for (const use of uses) use.count += 1
    this.#shared.message.count += 1
    this.route.written.count += 1
  }

  refusal({ code, message }: Refusal): { code: number; message: string } {
    this.#shared.message.count += 1
    const own = this.#shared.codes.find((alias) => alias.code === code && (alias.version?.test(this.#version) ?? true))
    if (own) own.use.count += 1
    return { code: own?.means ?? code, message: this.route.sentences[code] ?? message }
  }

  async answerOnce(request: string, write: () => Promise<string>): Promise<{ text: string; replayed: boolean }> {
    const answered = await this.#shared.lostAnswers.answer(request, () => this.#request.signal.aborted, write)
    if (answered.replayed) this.#shared.retry.count += 1
    return answered
  }

  get #version(): string {
    return this.#request.headers.get('X-Client-Version') ?? ''
  }

  #dropNoValues(query: Fields): void {
    for (const [field, value] of Object.entries(query)) {
      if (value !== 'undefined' && value !== 'null') continue
      delete query[field]
      this.#used(this.#shared.noValue)
    }
  }

  #apply({ apply, use }: CountedAlias, fields: Fields): void {
    if (apply(fields, { baseUrl: this.#baseUrl })) this.#used(use)
  }

  #used(use: Use): void {
    use.count += 1
    this.#uses = [...this.uses, use]
  }

  async #wholeWheel(body: unknown): Promise<unknown> {
    const present = await this.#shared.presentWheel()
    if (this.route.wheel === 'reset') return resetWheel(this.#shared.defaultWheel, present)
    const completed = completedWheel(body, present, v220.test(this.#version))
    this.basis = completed.basis
    if (completed.basis !== undefined) this.asked = body
    return completed.body
  }

  async #formInOurWords(limits: FormLimits): Promise<Form> {
    const { form: aliases } = this.route
    if (!aliases) return readForm(this.#request, limits)
    const form = await readForm(this.#request, {
      ...limits,
      files: [...limits.files, ...aliases.files.keys()],
      fields: [...limits.fields, ...aliases.fields.keys(), aliases.token.field],
    })
    const file = form.part === undefined ? undefined : aliases.files.get(form.part)
    if (file) this.#used(file)
    const fields = new Map(form.fields)
    for (const [alias, { field, use }] of aliases.fields) {
      const value = fields.get(alias)
      if (value === undefined || fields.has(field)) continue
      fields.set(field, value)
      this.#used(use)
    }
    this.#part = form.part
    this.#fields = fields
    return { ...form, fields }
  }

  /** Reads the access token from the request's form. */
  async takeToken(limits: FormLimits): Promise<void> {
    const aliases = this.route.form
    if (!aliases) return
    const { fields } = await this.readForm(limits)
    this.token = fields.get(aliases.token.field)
    if (this.token !== undefined) this.#used(aliases.token.use)
  }
}
