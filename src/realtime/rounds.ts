import type { Logger } from 'pino'
import type { Access } from '../accounts/access.ts'
import type { LocalHub } from './hub.ts'
import type { Roster } from './roster.ts'
import { end, type Socket } from './socket.ts'
import { heartbeat_ms } from './sockets.ts'

const every_ms = 1_000
const introduction_ms = 5_000
const silence_ms = 120_000
const recheck_ms = 10_000
/** How many rounds a closing socket may stay open. */
const farewellRounds = 5

export interface RoundsOptions {
  roster: Roster
  hub: LocalHub
  access: Pick<Access, 'standings'>
  logger: Logger
  now: () => Date
  elapsed_ms: () => number
}

/**
 * Checks every socket once a second. It pings, and closes sockets that are silent, unknown or expired. Every 10 s it
 * also closes those whose session or account was stopped, by whichever replica. Returns the function that stops it.
 */
export function startRounds({ roster, hub, access, logger, now, elapsed_ms }: RoundsOptions): () => void {
  let recheckedAt = elapsed_ms()
  let rechecking = false

  const recheck = async () => {
    const known = [...roster.all].filter(({ data }) => data.caller !== undefined)
    const standings = await access.standings(known.map(({ data }) => data.caller?.sessionId ?? ''))
    for (const socket of known) {
      const standing = standings.get(socket.data.caller?.sessionId ?? '')
      if (standing) hub.setMerchant(socket, standing.isMerchant)
      else end(socket, 'unauthenticated')
    }
  }

  const timer = setInterval(() => {
    const [at, now_s] = [elapsed_ms(), now().getTime() / 1000]
    for (const socket of roster.all) lookAfter(socket, at, now_s)
    if (rechecking || at - recheckedAt < recheck_ms) return
    recheckedAt = at
    rechecking = true
    recheck()
      .catch((error) => logger.warn({ err: error }, 'sessions of sockets could not be looked up'))
      .finally(() => {
        rechecking = false
      })
  }, every_ms)
  return () => clearInterval(timer)
}

function lookAfter(socket: Socket, at: number, now_s: number): void {
  const { data } = socket
  if (data.stage === 'ending') {
    data.endingRounds += 1
    if (data.endingRounds > farewellRounds) socket.terminate()
    return
  }
  const isStranger = data.caller === undefined && at - data.openedAt >= introduction_ms
  const isExpired = data.caller !== undefined && data.caller.exp <= now_s
  if (isStranger || isExpired) end(socket, 'unauthenticated')
  else if (at - data.heardAt >= silence_ms) end(socket, 'silent')
  else if (at - data.pingedAt >= heartbeat_ms) {
    data.pingedAt = at
    socket.ping()
  }
}
