import type { ErrorHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { Logger } from 'pino'
import { Refusal, type RefusalCode } from '../contract/refusals.ts'
import { isDatabaseAway } from '../db/errors.ts'
import type { AppEnv } from './env.ts'
import { refuse, refuseWith } from './envelope.ts'

/** Any thrown thing as an answer: a refusal as it is, a lost database as 9007, the unknown as its family's x000. */
export function failures(logger: Logger): ErrorHandler<AppEnv> {
  return (error, c) => {
    if (error instanceof Refusal) return refuse(c, error)
    if (error instanceof HTTPException && error.status === 400) return refuseWith(c, 9001)
    const away = isDatabaseAway(error)
    logger.error({ err: error, request_id: c.get('requestId'), path: c.req.path }, away ? 'database away' : 'failure')
    return refuseWith(c, away ? 9007 : familyOf(c.req.path))
  }
}

const families: readonly [string, RefusalCode][] = [
  ['/api/auth', 1000],
  ['/api/user', 2000],
  ['/api/lottery', 3000],
  ['/api/exchange', 4000],
  ['/api/photo', 5000],
  ['/api/merchant', 6000],
]

/** The code of an internal failure under `path`: x000 of its family. */
export function familyOf(path: string): RefusalCode {
  return families.find(([prefix]) => path.startsWith(prefix))?.[1] ?? 9007
}
