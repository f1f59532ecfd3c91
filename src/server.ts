import type { Server } from 'bun'
import { createApp } from './app.ts'
import { type OpenServices, openServices } from './composition/open-services.ts'
import { keepWheel, seedProducts, seedWheel } from './composition/seed.ts'
import type { Services } from './composition/services.ts'
import type { Config } from './config/config.ts'
import { rawPathTable, withAddress } from './http/raw-paths.ts'
import { OperatorError } from './lib/operator-error.ts'
import { type StopStep, stopInOrder } from './lib/stop-in-order.ts'
import type { Time } from './lib/time.ts'
import { isWhole } from './lottery/wheel.ts'
import { readWheel } from './lottery/wheel-mapping.ts'
import type { SocketData } from './realtime/socket.ts'
import { hasOwner } from './staff/queries.ts'
import { LogHalted } from './tlog/log.ts'

/** A running service. */
export interface RunningServer {
  /** Where it listens, for example `http://127.0.0.1:3000`. */
  url: string
  services: Services
  /**
   * Turns away new traffic, answers the requests it has taken, and closes everything that it opened. All of it happens
   * in order and within `SHUTDOWN_MS`.
   * @returns what did not end in time, for the operators; empty when all went well.
   */
  stop(): Promise<string[]>
}

/** No limit here. The routes have their own, which refuse a body in the envelope before it is read; Bun's would not. */
const largestRequest = Number.MAX_SAFE_INTEGER
const idleTimeout_s = 60
const drainPause_ms = 5
/** The part of `SHUTDOWN_MS` that the process itself needs to end. */
const exitMargin_ms = 50

/**
 * Starts the whole service.
 * @throws {OperatorError} for what the operator can mend: a database that can't be reached, a port that is taken, or a
 * wheel without its guaranteed prize.
 */
export async function startServer(
  config: Config,
  print: (line: string) => void,
  time: Partial<Time> = {},
): Promise<RunningServer> {
  const opened = await openServices(config, print, time)
  const { services } = opened
  try {
    await seedWheel(services)
    await keepWheel(services)
    if (config.NODE_ENV !== 'production') await seedProducts(services)
    await requirePityPrize(services)
    await warnWithoutOwner(services)
    warnWithoutProofs(services)
    await checkLog(services)
    const server = listen(config, services)
    services.realtime.attach(server)
    services.metrics.readGauges({
      http_requests_in_flight: { help: 'Requests being answered', read: () => server.pendingRequests },
    })
    services.databaseWatch.start()
    if (config.JOBS) services.jobs.start()
    if (config.JOBS) services.sealer?.start()
    services.receipts.start()
    const stop = () => stopInOrder(stepsOf(config, server, opened), config.SHUTDOWN_MS - exitMargin_ms)
    return { url: `http://${displayHost(config.HOST)}:${server.port}`, services, stop }
  } catch (error) {
    await opened.close()
    throw error
  }
}

function listen(config: Config, services: Services): Server<SocketData> {
  const app = createApp(services)
  const patterns = [...app.routes.map(({ path }) => path), ...(services.dialects?.aliasPaths ?? [])]
  try {
    return Bun.serve({
      hostname: config.HOST,
      port: config.PORT,
      development: false,
      // With `true` Bun silently shares a port that is taken, and a second service would answer half of the calls.
      reusePort: false,
      maxRequestBodySize: largestRequest,
      idleTimeout: idleTimeout_s,
      websocket: services.realtime.handler,
      routes: rawPathTable<SocketData>(
        patterns.filter((path) => !path.includes('*')),
        (request, server, isNamed) => app.fetch(request, { server, isNamed }),
      ),
      fetch: (request, server) => app.fetch(withAddress(request), { server, isNamed: false }),
    })
  } catch (error) {
    throw new OperatorError(`${config.HOST}:${config.PORT} can't be listened on (${(error as Error).message})`)
  }
}

/** The steps of a stop, in order. Each may still need those after it. */
function stepsOf(config: Config, server: Server<SocketData>, { services, closing }: OpenServices): StopStep[] {
  const { lifecycle, databaseWatch, jobs, sealer } = services
  lifecycle.stopping = true
  databaseWatch.stop()
  const jobsEnded = Promise.all([jobs.stop(), sealer?.stop()])
  return [
    { name: 'grace', run: () => Bun.sleep(graceOf(config)) },
    { name: 'requests', run: () => unanswered(server), left: () => `${server.pendingRequests} unanswered` },
    { name: 'jobs', run: async () => void (await jobsEnded) },
    ...closing,
  ]
}

/** Closes the port and resolves when every request is answered. The promise of `stop` would wait for sockets too. */
async function unanswered(server: Server<SocketData>): Promise<void> {
  void server.stop()
  while (server.pendingRequests > 0) await Bun.sleep(drainPause_ms)
}

function graceOf({ NODE_ENV, SHUTDOWN_MS, SHUTDOWN_GRACE_MS }: Config): number {
  return SHUTDOWN_GRACE_MS ?? (NODE_ENV === 'production' ? SHUTDOWN_MS / 3 : 0)
}

async function requirePityPrize({ database, logger }: Services): Promise<void> {
  const wheel = await readWheel(database)
  if (!wheel?.prizes.some((prize) => prize.prize_id === wheel.pity_prize_id)) {
    throw new OperatorError(`The guaranteed prize (id ${wheel?.pity_prize_id}) is not an active prize of the wheel.`)
  }
  if (!isWhole(wheel)) logger.warn('the wheel is closed: its odds, prices or sectors are not whole')
}

async function warnWithoutOwner({ database, logger }: Services): Promise<void> {
  if (await hasOwner(database)) return
  logger.warn('nobody owns this restaurant yet: `staff grant <mobile> owner` makes an owner')
}

/** In production draws without seeds and a log are told to the operators: diners can't check them. */
function warnWithoutProofs({ config, alerts, log, fairness }: Services): void {
  if (fairness || config.NODE_ENV !== 'production') return
  const without = [...(config.DRAW_SEED === undefined ? ['DRAW_SEED'] : []), ...(log ? [] : ['LOG_KEY'])]
  alerts.raise({ event: 'draws_unproven', without })
}

/** Nobody draws on a database that was set back. That has to be known before the first request. */
async function checkLog({ log, alerts, logger }: Services): Promise<void> {
  try {
    await log?.check()
  } catch (error) {
    logger.error({ err: error }, 'the log is not as it was published')
    if (error instanceof LogHalted) alerts.raise({ event: 'log_stopped', why: 'halted' })
  }
}

function displayHost(host: string): string {
  return host === '0.0.0.0' || host === '::' ? 'localhost' : host
}
