import type { Command } from './command.ts'
import { UsageError } from './usage.ts'

const timeout_ms = 2_500

/**
 * Whether the service of these settings, on this machine, is to be sent requests: exit 0 or 1. For a container's health
 * check, which does not end a service whose store alone fails.
 */
export const healthCommand: Command = async ({ args, config, print }) => {
  if (args.length > 0) throw new UsageError('health takes nothing.')
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

/** A service that listens everywhere listens on loopback. */
function ownHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
