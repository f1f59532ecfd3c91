import { redacted } from '../config/config.ts'
import { warningsOf } from '../config/warnings.ts'
import { describeError } from '../lib/logger.ts'
import { within } from '../lib/within.ts'
import { startServer } from '../server.ts'
import type { Command } from './command.ts'
import { UsageError } from './usage.ts'

/** How much longer the process lives when the stop is over, to write the log. */
const lastWords_ms = 500

/**
 * Serves until SIGINT or SIGTERM, then stops in order within `SHUTDOWN_MS`. Exits 0, or 1 with a line that says what
 * did not end. A second signal exits at once, with 130 or 143.
 */
export const serveCommand: Command = async ({ args, config, print }) => {
  if (args.length > 0) throw new UsageError('serve takes no arguments.')
  const stopping = stopSignal()
  exitOnUncaughtErrors()
  const server = await startServer(config, print)
  const { logger } = server.services
  // In production every line goes to the log.
  const say = (level: 'info' | 'warn' | 'error', line: string) =>
    config.NODE_ENV === 'production' ? logger[level](line) : print(line)
  logger.info({ settings: redacted(config) }, 'settings')
  for (const warning of warningsOf(config)) say('warn', warning)
  say('info', `Serving on ${server.url} (API: ${server.url}/api/docs)`)
  await stopping
  say('info', 'Stopping …')
  const cap = setTimeout(() => process.exit(1), config.SHUTDOWN_MS)
  const hung = await server.stop()
  clearTimeout(cap)
  if (hung.length === 0) {
    // mysql2 keeps the timers of statements whose connection broke. They would keep the process alive.
    setTimeout(() => process.exit(0), lastWords_ms).unref()
    return 0
  }
  say('error', `Not ended within SHUTDOWN_MS: ${hung.join(', ')}.`)
  await within(new Promise<void>((resolve) => logger.flush(() => resolve())), lastWords_ms, undefined)
  process.exit(1)
}

/** Resolves at the first signal, even one that comes during the start. A second signal exits at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isAsked = false
    const ask = (exitCode: number) => () => {
      if (isAsked) process.exit(exitCode)
      isAsked = true
      resolve()
    }
    process.on('SIGINT', ask(130))
    process.on('SIGTERM', ask(143))
  })
}

/**
 * Makes an error that nobody caught end the process with 1. The runtime by itself would print everything in the error,
 * even statements and their parameters.
 */
function exitOnUncaughtErrors(): void {
  const end = (error: unknown) => {
    const fields = { level: 60, time: Date.now(), err: describeError(error), msg: 'a bug ends the process' }
    process.stderr.write(`${JSON.stringify(fields)}\n`)
    process.exit(1)
  }
  process.on('uncaughtException', end)
  process.on('unhandledRejection', end)
}
