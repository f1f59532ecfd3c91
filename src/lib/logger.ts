import { DrizzleQueryError } from 'drizzle-orm'
import { type DestinationStream, type Logger, pino, symbols } from 'pino'
import { prettyFactory } from 'pino-pretty'

/** Fields that a log must never show, down to the third level of an entry. */
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

/** Writes one line for each event. Lines are buffered, so no request waits for the terminal; `flush` writes them out. */
export function createLogger({ level, format }: LoggerOptions): Logger {
  const stdout = bufferedStdout()
  const stream = format === 'pretty' ? { ...stdout, write: prettily(stdout.write) } : stdout
  return pino({ level, redact: secrets, base: null, serializers: { err: describeError } }, stream)
}

/** `auto` means `pretty` in development at a terminal, and `json` elsewhere. */
export function logFormat(config: { NODE_ENV: string; LOG_FORMAT: 'auto' | 'json' | 'pretty' }): 'json' | 'pretty' {
  if (config.LOG_FORMAT !== 'auto') return config.LOG_FORMAT
  return config.NODE_ENV === 'development' && process.stdout.isTTY ? 'pretty' : 'json'
}

/**
 * Returns a function that writes one line at level `info`; each request and each sign-in calls it. Nothing is redacted, so
 * the fields must hold no secret: it goes past the library's hooks, channels and redaction, which cost more than the rest
 * of a small request.
 */
export function lineWriter(logger: Logger): (fields: object) => void {
  const stream = (logger as unknown as Record<symbol, DestinationStream>)[symbols.streamSym]
  const level = logger.levels.values.info
  return (fields) => {
    if (!logger.isLevelEnabled('info')) return
    // A copy of the fields with these two before them would cost half as much again.
    stream?.write(`{"level":${level},"time":${Date.now()},${JSON.stringify(fields).slice(1)}\n`)
  }
}

const buffer_bytes = 65_536
const longestHeld_ms = 250

/** For each line Bun's own writer costs a tenth of the library's. */
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

/** An error as operators see it: kind, code and stack, but no text or parameters of a statement. */
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

/** Hides addresses: a failed call names the whole address, and a robot's address holds its token. */
function withoutAddresses(text: string): string {
  return text.replace(/https?:\/\/[^\s"']+/g, '(address)')
}
