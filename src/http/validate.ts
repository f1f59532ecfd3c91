import { zValidator } from '@hono/zod-validator'
import type { Context, MiddlewareHandler, ValidationTargets } from 'hono'
import { z } from 'zod'
import { type BareCode, type FieldCode, Refusal } from '../contract/refusals.ts'
import type { AppEnv } from './env.ts'
import { markInput } from './operation-docs.ts'

/** The code for a bad field: one for all fields, or one by field. Fields that are not listed get 9000. */
type FieldCodes = FieldCode | Partial<Record<string, FieldCode>>

/** A path parameter names something. A malformed name is refused like the name of something that doesn't exist. */
type CodesOf<T extends Target> = T extends 'param' ? BareCode : FieldCodes

type Target = 'json' | 'query' | 'param'

type Validated<T extends Target, Schema extends z.ZodType> = MiddlewareHandler<
  AppEnv,
  string,
  { in: { [K in T]: z.input<Schema> & ValidationTargets[T] }; out: { [K in T]: z.output<Schema> } }
>

/** Parses one part of the request by the schema that also documents it. Unknown fields are dropped. */
export function validate<T extends Target, Schema extends z.ZodType>(
  target: T,
  schema: Schema,
  codes: CodesOf<T> = 9000 as CodesOf<T>,
): Validated<T, Schema> {
  // One validator for each request: the dialect translates before validation, and the library's hook gets no context.
  const validatorOf = (c: Context<AppEnv>): MiddlewareHandler =>
    zValidator(
      target,
      schema as z.ZodType,
      (result) => {
        if (!result.success) throw refusalOf(target, result.error.issues, codes)
      },
      {
        validationFunction: async (of, given) => {
          const dialect = c.get('dialect')
          const sent = target === 'query' ? withoutEmpty(given) : given
          return of.safeParse(dialect ? await dialect.read(target, sent) : sent, inChinese)
        },
      },
    )
  const middleware = ((c, next) => validatorOf(c)(c, next)) as Validated<T, Schema>
  return markInput(middleware, target, schema)
}

/** Drops empty values: a form control that was not filled in is sent as one. */
function withoutEmpty(query: unknown): unknown {
  return Object.fromEntries(Object.entries(query as Record<string, unknown>).filter(([, value]) => value !== ''))
}

/** The library's Chinese messages, for schemas without a message of their own. */
const inChinese = { error: z.locales.zhCN().localeError }

interface Issue {
  path: PropertyKey[]
  message: string
}

function refusalOf(target: Target, issues: readonly Issue[], codes: BareCode | FieldCodes): Refusal {
  if (target === 'param') return new Refusal(codes as BareCode)
  const details = issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  const field = String(issues[0]?.path[0] ?? '')
  const code = typeof codes === 'number' ? (codes as FieldCode) : (codes[field] ?? 9000)
  return new Refusal(code, { issues: details })
}
