import type { Context, Hono, MiddlewareHandler } from 'hono'
import { Refusal } from '../../contract/refusals.ts'
import { createFairSemaphore } from '../../lib/semaphore.ts'
import type { AppEnv } from '../env.ts'
import { refuseWith } from '../envelope.ts'
import type { FormLimits } from '../form.ts'
import { pathOf } from '../raw-paths.ts'
import { ClientDialect, type Shared } from './client-dialect.ts'
import { codeAliases } from './codes.ts'
import { type CompiledRoute, compileRoute } from './compiled-route.ts'
import { createSocketDialect, type SocketDialect } from './frames.ts'
import { createLostAnswers } from './lost-answers.ts'
import { applications, healthPath, pathAliases, routeAliases } from './paths.ts'
import type { Fields } from './requests.ts'
import type { DialectTable, FigureName } from './route-dialect.ts'
import { exchange } from './tables/exchange.ts'
import { lottery } from './tables/lottery.ts'
import { people } from './tables/people.ts'
import { reviews } from './tables/reviews.ts'
import { createUses } from './uses.ts'
import type { DefaultWheel, ShownWheel } from './wheel.ts'

/** What the dialects need from the service. */
export interface DialectsOptions {
  /** The code that tells clients to refresh their tokens. */
  authFailureCode: number
  now: () => Date
  elapsed_ms: () => number
  presentWheel: () => Promise<ShownWheel>
  defaultWheel: DefaultWheel
  /** Reads figures of one user that no answer of the contract has. */
  figures: Record<FigureName, (userId: number) => Promise<object>>
}

/** The dialects of older clients: HTTP by tables, sockets by a format. */
export interface Dialects {
  /** The contract's path of a request. */
  pathOf(request: Request): string
  /** The older paths that stand for one of the contract. */
  readonly aliasPaths: readonly string[]
  /** Middleware that gives each request its dialect. */
  readonly speak: MiddlewareHandler<AppEnv>
  /** Adds the middleware that runs before authentication. `receipt` are the limits of an upload's form. */
  beforeAuthentication(app: Hono<AppEnv>, receipt: FormLimits): void
  /** Adds the middleware that needs the caller. */
  afterAuthentication(app: Hono<AppEnv>): void
  /** Adds the older clients' own routes, made from the contract's handlers. */
  afterRoutes(app: Hono<AppEnv>): void
  readonly socketFormat: SocketDialect
  /** How often each alias was used. */
  uses(): Iterable<readonly [alias: string, uses: number]>
}

const tables: DialectTable = { ...people, ...lottery, ...exchange, ...reviews }

const formsAtOnce = 24
const formsOfAnAddress = 8
const formsWaiting = 64

export function createDialects(options: DialectsOptions): Dialects {
  const { now, figures } = options
  const uses = createUses()
  const ownPaths = [...routeAliases.map(({ path }) => path), ...applications, healthPath]
  const known = [...ownPaths.map((path) => [path, path] as const), ...Object.entries(pathAliases)]
  const paths = new Map(known.map(([alias, path]) => [alias, { path, use: uses.of(alias) }]))
  const compiled = Object.entries(tables).map(([route, dialect]) => ({ route, ...compileRoute(route, dialect, uses) }))
  const dialectFor = dialectFinder(compiled, compileRoute('', {}, uses))
  const shared: Shared = {
    codes: codeAliases(options.authFailureCode).map((alias) => ({ ...alias, use: uses.of(alias.alias) })),
    message: uses.of('message'),
    retry: uses.of('retry without a key'),
    noValue: uses.of('query undefined'),
    now,
    lostAnswers: createLostAnswers(options.elapsed_ms),
    presentWheel: options.presentWheel,
    defaultWheel: options.defaultWheel,
  }

  return {
    pathOf(request) {
      const path = pathOf(request)
      const alias = paths.get(path)
      if (!alias) return path
      alias.use.count += 1
      return alias.path
    },
    aliasPaths: Object.keys(pathAliases),
    speak(c, next) {
      const { method, raw } = c.req
      c.set('dialect', new ClientDialect(dialectFor(method, c.get('route')), raw, c.get('baseUrl'), shared))
      return next()
    },
    beforeAuthentication(app, receipt) {
      for (const { route, form } of compiled) if (form) app.use(pathIn(route), tokenInForm(receipt))
    },
    afterAuthentication(app) {
      for (const { route, figures: name } of compiled) {
        const path = pathIn(route)
        if (name) app.use(path, lookUp(figures[name], path.startsWith('/api/merchant/')))
      }
    },
    afterRoutes(app) {
      app.get(healthPath, (c) => c.json({ status: 'ok', timestamp: now().toISOString() }))
      for (const path of applications) app.post(path, (c) => refuseWith(c, 2005))
      for (const { method, path, of } of routeAliases) app.on(method, path, ...handlersOf(app, of))
    },
    socketFormat: createSocketDialect(uses),
    uses: uses.totals,
  }
}

/** Finds a dialect by method and route pattern. */
function dialectFinder(routes: readonly (CompiledRoute & { route: string })[], none: CompiledRoute) {
  const known = new Map(routes.map((route) => [route.route, route]))
  return (method: string, route: string | undefined): CompiledRoute =>
    known.get(`${method === 'HEAD' ? 'GET' : method} ${route}`) ?? none
}

/**
 * Reads the token of an upload without `Authorization` from its form. Anybody can send such a form, so the number held
 * at the same time is limited, for all callers and for each address.
 */
function tokenInForm(limits: FormLimits): MiddlewareHandler<AppEnv> {
  const forms = createFairSemaphore(formsAtOnce, formsOfAnAddress, formsWaiting, () => new Refusal(9007))
  return (c, next) => {
    const isForm = /^multipart\/form-data/i.test(c.req.header('Content-Type') ?? '')
    if (c.req.header('Authorization') !== undefined || !isForm) return next()
    return forms.run(c.get('network'), async () => {
      await dialectOf(c)?.takeToken({ ...limits, isWanted: () => forms.waiting > 0 })
      await next()
    })
  }
}

function lookUp(figuresOf: (userId: number) => Promise<object>, isForMerchants: boolean): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const dialect = dialectOf(c)
    if (dialect && (!isForMerchants || c.get('caller').isMerchant))
      dialect.figures = { ...(await figuresOf(c.get('caller').userId)) } as Fields
    return next()
  }
}

function dialectOf(c: Context<AppEnv>): ClientDialect | undefined {
  const dialect = c.get('dialect')
  return dialect instanceof ClientDialect ? dialect : undefined
}

/** All handlers of the contract's route, its validation included. */
function handlersOf(app: Hono<AppEnv>, route: { method: string; path: string }): [MiddlewareHandler<AppEnv>] {
  const found = app.routes.filter(({ method, path }) => method === route.method && path === route.path)
  return found.map(({ handler }) => handler) as [MiddlewareHandler<AppEnv>]
}

function pathIn(route: string): string {
  return route.slice(route.indexOf(' ') + 1)
}
