import type { Server } from 'bun'
import { createApp } from './app.ts'
import type { Config } from './config.ts'
import { OperatorError, openInstallation } from './installation.ts'
import { isOpen } from './lottery/wheel.ts'
import { readWheel } from './lottery/wheel-shelf.ts'
import type { SocketData } from './realtime/socket.ts'
import { seedProducts, seedWheel } from './seed.ts'
import type { Services } from './services.ts'

/** A running service. */
export interface RunningServer {
  /** Where it listens, for example `http://127.0.0.1:3000`. */
  url: string
  services: Services
  /** Takes nothing more, drains requests and the till, and closes everything it opened, in order. */
  stop(): Promise<void>
}

/** Above every limit of the routes: theirs answer in the envelope, before a body is read; Bun's own would not. */
const largestRequest = 1024 ** 3
const idleTimeout_s = 60

/**
 * Starts the whole service.
 * @throws {OperatorError} for what the operator can mend: an unreachable database, a taken port, a wheel whose
 * guaranteed prize is gone.
 */
export async function startServer(
  config: Config,
  print: (line: string) => void,
  now?: () => Date,
): Promise<RunningServer> {
  const installation = await openInstallation(config, print, now)
  const { services } = installation
  try {
    await seedWheel(services)
    if (config.NODE_ENV !== 'production') await seedProducts(services)
    await requirePityPrize(services)
    const server = listen(config, services)
    services.realtime.attach(server)
    if (config.JOBS) services.jobs.start()
    const stop = async () => {
      await services.jobs.stop()
      // The server waits for ever while a socket is open.
      await services.realtime.close()
      await server.stop()
      await installation.close()
    }
    return { url: `http://${displayHost(config.HOST)}:${server.port}`, services, stop }
  } catch (error) {
    await installation.close()
    throw error
  }
}

function listen(config: Config, services: Services): Server<SocketData> {
  const app = createApp(services)
  try {
    return Bun.serve({
      hostname: config.HOST,
      port: config.PORT,
      development: false,
      // Bun shares a taken port silently in this mode, and a second service would answer half of the calls.
      reusePort: false,
      maxRequestBodySize: largestRequest,
      idleTimeout: idleTimeout_s,
      websocket: services.realtime.handler,
      fetch: (request, server) => app.fetch(request, { server }),
    })
  } catch (error) {
    throw new OperatorError(`${config.HOST}:${config.PORT} can't be listened on (${(error as Error).message})`)
  }
}

async function requirePityPrize({ database, logger }: Services): Promise<void> {
  const wheel = await readWheel(database)
  if (!wheel?.prizes.some((prize) => prize.prize_id === wheel.pity_prize_id)) {
    throw new OperatorError(`The guaranteed prize (id ${wheel?.pity_prize_id}) is not an active prize of the wheel.`)
  }
  if (!isOpen(wheel)) logger.warn('the wheel is closed: its odds, prices or sectors are not whole')
}

function displayHost(host: string): string {
  return host === '0.0.0.0' || host === '::' ? 'localhost' : host
}
