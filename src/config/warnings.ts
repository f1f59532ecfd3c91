import type { Config } from './config.ts'

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/

/** What the operator should know at the start, though nothing stops it; one sentence each, without secrets. */
export function warningsOf(config: Config): string[] {
  const warnings: string[] = []
  if (config.NODE_ENV === 'production' && !config.METRICS_TOKEN)
    warnings.push('METRICS_TOKEN is not set: /metrics answers 404 to everyone.')
  if (config.SMS_PROVIDER === 'console' && !loopback.test(config.HOST))
    warnings.push(
      `HOST=${config.HOST} lets other machines in, and the code in SMS_DEV_CODE (123456 unless it is set) signs anyone in to any account.`,
    )
  return warnings
}
