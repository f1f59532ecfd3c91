import { DrizzleQueryError } from 'drizzle-orm'
import { type DestinationStream, type Logger, pino, symbols } from 'pino'
import { prettyFactory } from 'pino-pretty'

/** What must never be readable in a log, down to the third level of what is logged. */
const secrets = [
  'phone',
  'mobile',
  'openid',
  'token',
  'access_token',
  'refresh_token',
  'authorization',
  'secret',
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

export interface LoggerOptions {
  level: string
  /** `json`: one object a line, for machines. `pretty`: for a person at a terminal. */
  format: 'json' | 'pretty'
}

/** One line an event, buffered: a request never waits for the terminal. `flush` writes out what is held. */
export function createLogger({ level, format }: LoggerOptions): Logger {
  const stdout = bufferedStdout()
  const stream = format === 'pretty' ? { ...stdout, write: prettily(stdout.write) } : stdout
  return pino({ level, redact: secrets, base: null, serializers: { err: describeError } }, stream)
}

/** `auto` is pretty where a developer is looking. */
export function logFormat(config: { NODE_ENV: string; LOG_FORMAT: 'auto' | 'json' | 'pretty' }): 'json' | 'pretty' {
  if (config.LOG_FORMAT !== 'auto') return config.LOG_FORMAT
  return config.NODE_ENV === 'development' && process.stdout.isTTY ? 'pretty' : 'json'
}

/**
 * Writes one line at `info` for every request of the service. The library's way there, through its hooks and channels,
 * costs more than the rest of a small request; the fields are the caller's own and hold no secret.
 */
export function lineWriter(logger: Logger): (fields: object) => void {
  const stream = (logger as unknown as Record<symbol, DestinationStream>)[symbols.streamSym]
  const level = logger.levels.values.info
  return (fields) => {
    if (logger.isLevelEnabled('info')) stream?.write(`${JSON.stringify({ level, time: Date.now(), ...fields })}\n`)
  }
}

const buffer_bytes = 65_536
const longestHeld_ms = 250

/** Bun's own writer costs a tenth of the library's per line. */
function bufferedStdout(): DestinationStream & { flush(done?: () => void): void } {
  const writer = Bun.stdout.writer({ highWaterMark: buffer_bytes })
  setInterval(() => void writer.flush(), longestHeld_ms).unref()
  return {
    write: (line) => void writer.write(line),
    flush(done) {
      void Promise.resolve(writer.flush()).finally(done)
    },
  }
}

function prettily(write: (line: string) => void): (line: string) => void {
  const pretty = prettyFactory({
    colorize: process.stdout.isTTY ?? false,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    messageFormat: (line, messageKey) =>
      line.route === undefined
        ? String(line[messageKey] ?? '')
        : `${line.method} ${line.route} ${line.code ?? line.status} ${line.took_ms} ms`,
    ignore: 'method,route,status,code,took_ms',
  })
  return (line) => write(pretty(line))
}

/** An error for people who look after the service: kind, code and stack, without a statement's text and parameters. */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) }
  const { code, errno, sqlState } = error as Error & { code?: unknown; errno?: unknown; sqlState?: unknown }
  const isStatement = sqlState !== undefined || error instanceof DrizzleQueryError
  return {
    type: error.name,
    message: isStatement ? `statement failed (${String(errno ?? code ?? '')})` : withoutAddresses(error.message),
    code,
    errno,
    stack: isStatement || error.stack === undefined ? undefined : withoutAddresses(error.stack),
    cause: error.cause === undefined ? undefined : describeError(error.cause),
  }
}

/** A failed call names its whole address, and that of a robot holds its token. */
function withoutAddresses(text: string): string {
  return text.replace(/https?:\/\/[^\s"']+/g, '(address)')
}
