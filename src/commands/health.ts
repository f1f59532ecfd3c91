import type { Command } from './command.ts'
import { UsageError } from './usage.ts'

const timeout_ms = 2_500

/**
 * Exits 0 when the service with these settings, on this machine, can take requests, else 1. It is for the health check
 * of a container. A store that fails does not count, because that is no reason to end the service.
 */
export const healthCommand: Command = async ({ args, config, print }) => {
  if (args.length > 0) throw new UsageError('health takes no arguments.')
  const url = `http://${ownHost(config.HOST)}:${config.PORT}/health/ready`
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeout_ms) })
    print(await response.text())
    return response.ok ? 0 : 1
  } catch {
    print(`no answer from ${url}`)
    return 1
  }
}

/** The host to call. A service that listens on all addresses also listens on loopback. */
function ownHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
