import type { Context, ErrorHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { Logger } from 'pino'
import { Refusal, type RefusalCode } from '../contract/refusals.ts'
import { isDatabaseAway } from '../db/errors.ts'
import type { AppEnv } from './env.ts'
import { refuse, refuseWith } from './envelope.ts'
import { placeOf } from './idempotency.ts'

/**
 * Any thrown thing as an answer: a refusal as it is, a lost database as 9007, the unknown as its family's x000. Nobody is
 * told that nothing happened (9007) while the outcome of the same request before is open. What the operators must know of
 * is logged, by its route: a path may hold a voucher's code.
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
    const away = isDatabaseAway(error)
    log(away ? 'database away' : 'failure')
    return refuseWith(c, away ? busy(c) : familyOf(c.req.path))
  }
}

function busy(c: Context<AppEnv>): RefusalCode {
  return c.get('unsettled').isOpen(placeOf(c)) ? 9009 : 9007
}

/** A refusal that stands for something broken, and says what: the store, the SMS side, the database. */
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
  ['/images', 5000],
]

/** The code of an internal failure under `path`: x000 of its family. */
export function familyOf(path: string): RefusalCode {
  return families.find(([prefix]) => path.startsWith(prefix))?.[1] ?? 9007
}
