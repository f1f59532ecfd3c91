import type { Context, ErrorHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { Logger } from 'pino'
import { Refusal, type RefusalCode } from '../contract/refusals.ts'
import { isDatabaseFault } from '../db/errors.ts'
import type { AppEnv } from './env.ts'
import { refuse, refuseWith } from './envelope.ts'
import { placeOf } from './idempotency.ts'

/**
 * Turns whatever was thrown into an answer. A refusal is answered as it is. A lost database is 9007, or 9009 while an
 * earlier write of the caller on the same path has an unknown outcome: 9007 says that nothing changed. Everything else
 * is the x000 of its family. Failures are logged with the route, not the path: a path may hold a voucher's code.
 */
export function failures(logger: Logger): ErrorHandler<AppEnv> {
  return (error, c) => {
    const log = (message: string) =>
      logger.error({ err: error, request_id: c.get('requestId'), route: c.get('route') }, message)
    if (error instanceof Refusal) {
      if (isOurFault(error)) log('failure')
      return error.code === 9007 ? refuse(c, new Refusal(busy(c), error.data)) : refuse(c, error)
    }
    if (error instanceof HTTPException && error.status === 400) return refuseWith(c, 9001)
    const isDatabase = isDatabaseFault(error)
    log(isDatabase ? 'database away' : 'failure')
    return refuseWith(c, isDatabase ? busy(c) : familyOf(c.req.path))
  }
}

function busy(c: Context<AppEnv>): RefusalCode {
  return c.get('unsettled').isOpen(placeOf(c)) ? 9009 : 9007
}

/** True for a refusal that was caused by a failure, such as of the store, the SMS service or the database. */
function isOurFault({ code, cause }: Refusal): boolean {
  return cause !== undefined && (code % 1000 === 0 || code === 9007 || code === 9009)
}

const families: readonly [string, RefusalCode][] = [
  ['/api/auth', 1000],
  ['/api/user', 2000],
  ['/api/lottery', 3000],
  ['/api/exchange', 4000],
  ['/api/photo', 5000],
  ['/api/merchant', 6000],
  ['/avatars', 2000],
  ['/product-images', 6000],
  ['/images', 5000],
]

/** The code of an internal failure under `path`: the x000 of its family. */
export function familyOf(path: string): RefusalCode {
  return families.find(([prefix]) => path.startsWith(prefix))?.[1] ?? 9007
}
