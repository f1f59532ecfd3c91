import { redacted } from '../config.ts'
import { describeError } from '../logger.ts'
import { startServer } from '../server.ts'
import type { Command } from './run.ts'

/**
 * Serves until SIGINT or SIGTERM, then stops in order within `SHUTDOWN_MS`: exit 0, or 1 with a line on what did not
 * end. A second signal exits at once, with 130 or 143.
 */
export const serve: Command = async ({ config, print }) => {
  const stopping = stopSignal()
  endOnBugs()
  const server = await startServer(config, print)
  server.services.logger.info({ settings: redacted(config) }, 'serving')
  print(`Serving on ${server.url} (API: ${server.url}/api/docs)`)
  await stopping
  print('Stopping …')
  const cap = setTimeout(() => process.exit(1), config.SHUTDOWN_MS)
  process.on('SIGINT', () => process.exit(130))
  process.on('SIGTERM', () => process.exit(143))
  const hung = await server.stop()
  clearTimeout(cap)
  if (hung.length === 0) return 0
  print(`Not ended within SHUTDOWN_MS: ${hung.join(', ')}.`)
  process.exit(1)
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}

/**
 * What nobody caught ends the process with 1. Left to itself the runtime would print the error with everything in it,
 * statements and their parameters too.
 */
function endOnBugs(): void {
  const end = (error: unknown) => {
    const fields = { level: 60, time: Date.now(), err: describeError(error), msg: 'a bug ends the process' }
    process.stderr.write(`${JSON.stringify(fields)}\n`)
    process.exit(1)
  }
  process.on('uncaughtException', end)
  process.on('unhandledRejection', end)
}
