import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { Refusal } from '../contract/refusals.ts'
import type { Database } from '../db/client.ts'
import type { AppEnv } from '../http/env.ts'
import { describe, docsOf, isBare, type OperationDocs } from '../http/operation-docs.ts'
import type { Right, Role } from './roles.ts'
import { readStandings, requireRight, requireRole } from './standing.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** What the caller is to the restaurant, on the routes of its staff. */
    role: Role
  }
}

/** Documents a route that is open to whoever has one of these rights, or to everyone with a role where there are none. */
export function forStaff(rights: readonly Right[], docs: OperationDocs): MiddlewareHandler<AppEnv> {
  const codes = rights.length > 0 ? ([2005, 2007] as const) : ([2005] as const)
  return describe({ ...docs, rights, refusals: [...codes, ...(docs.refusals ?? [])] })
}

/**
 * Lets the staff through to the routes that their role opens. The database is asked each time: what was granted or taken
 * away a moment ago counts. A route that names no rights is nobody's.
 * @throws {Refusal} 2004, 2005, 2007
 */
export function requireStaff(database: Database): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const [standing] = await readStandings(database, [c.get('caller').userId])
    const role = requireRole(standing)
    const rights = rightsOfRoute(c)
    if (!rights) throw new Refusal(2005)
    requireRight(role, rights)
    c.set('role', role)
    return next()
  }
}

/** The role of whom `requireStaff` let through. */
export function callersRole(c: Context<AppEnv>): Role {
  return c.get('role')
}

function rightsOfRoute(c: Context<AppEnv>): readonly Right[] | undefined {
  for (const { handler } of matchedRoutes(c)) {
    const docs = docsOf(handler)
    if (docs && !isBare(docs)) return docs.rights as readonly Right[] | undefined
  }
  return undefined
}
