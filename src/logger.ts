import { destination, type Logger, pino } from 'pino'

/** What must never be readable in a log, wherever it hides in an object. */
const secrets = [
  'phone',
  'mobile',
  'code',
  'token',
  'access_token',
  'refresh_token',
  'authorization',
  'secret',
].flatMap((name) => [`*.${name}`, `*.*.${name}`])

/** One JSON line an event, buffered: a request never waits for the terminal. */
export function createLogger(level: string): Logger {
  const stream = destination({ dest: 1, sync: false, minLength: 65_536, periodicFlush: 250 })
  return pino({ level, redact: secrets, base: null, serializers: { err: describeError } }, stream)
}

/** An error for the log: its kind, code and stack, without a statement's text and parameters. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) }
  const { code, errno, sqlState } = error as Error & { code?: unknown; errno?: unknown; sqlState?: unknown }
  const isStatement = sqlState !== undefined || error.name === 'DrizzleQueryError'
  return {
    type: error.name,
    message: isStatement ? `statement failed (${String(errno ?? code ?? '')})` : error.message,
    code,
    errno,
    stack: isStatement ? undefined : error.stack,
    cause: error.cause === undefined ? undefined : describeError(error.cause),
  }
}
