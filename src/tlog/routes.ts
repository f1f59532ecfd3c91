import { Hono, type MiddlewareHandler } from 'hono'
import { Refusal } from '../contract/refusals.ts'
import type { AppEnv } from '../http/env.ts'
import { forEverybody, forGood } from '../http/for-everybody.ts'
import { describe } from '../http/operation-docs.ts'
import { parseTilePath } from './format/tiles.ts'
import type { TransparencyLog } from './log.ts'

const tag = 'log'
/** A tile's name has one part for each three digits of its number, and one more while it still grows. */
const namePaths = ['/:a', '/:a/:b', '/:a/:b/:c', '/:a/:b/:c/:d']

export const logPaths = ['/tlog/*']

/** Programs that read logs know no codes of ours: under the status 200 they would take a refusal for a tile. */
export const refuseByStatus: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next()
  const { status, headers, body } = c.res
  const code = c.get('apiCode')
  if (status === 200 && code !== undefined) c.res = new Response(body, { status: code === 9006 ? 429 : 503, headers })
}

const refused = {
  429: { says: 'Too many requests of one address', type: 'application/json' },
  503: { says: 'Database or store is away', type: 'application/json' },
}

const checkpointDocs = describe({
  summary: 'The latest checkpoint of the log, as C2SP tlog-checkpoint has it',
  tag,
  answers: {
    200: { says: 'A signed note', type: 'text/plain' },
    404: { says: 'The service has no key for a log' },
    ...refused,
  },
})
const tileDocs = describe({
  summary: 'A tile of the log, as C2SP tlog-tiles has it; the level `entries` holds the entries',
  tag,
  answers: {
    200: { says: 'The tile', type: 'application/octet-stream' },
    404: { says: 'No such tile, or not yet' },
    ...refused,
  },
})

/** The log for everybody: its checkpoint and its tiles. */
export function logRoutes({ log }: { log: TransparencyLog | undefined }) {
  const routes = new Hono<AppEnv>().get('/tlog/checkpoint', checkpointDocs, async (c) => {
    if (!log) throw new Refusal(9002)
    const headers = { 'Content-Type': 'text/plain; charset=utf-8', ...forEverybody('no-cache') }
    return c.body(await log.checkpoint(), 200, headers)
  })
  for (const path of namePaths) {
    routes.get(`/tlog/tile/:level${path}`, tileDocs, async (c) => {
      const tile = parseTilePath(c.req.path.slice('/tlog/'.length))
      const bytes = tile && (await log?.tiles.read(tile))
      if (!bytes) throw new Refusal(9002)
      return c.body(bytes, 200, { 'Content-Type': 'application/octet-stream', ...forEverybody(forGood) })
    })
  }
  return routes
}
