import { startServer } from '../server.ts'
import type { Command } from './run.ts'

/** Serves until SIGINT or SIGTERM, then stops in order within `SHUTDOWN_MS`; a second signal exits at once. */
export const serve: Command = async ({ config, print }) => {
  const stopping = stopSignal()
  const server = await startServer(config, print)
  print(`Serving on ${server.url} (API: ${server.url}/api/docs)`)
  await stopping
  print('Stopping …')
  const cap = setTimeout(() => process.exit(1), config.SHUTDOWN_MS)
  process.on('SIGINT', () => process.exit(130))
  process.on('SIGTERM', () => process.exit(143))
  await server.stop()
  clearTimeout(cap)
  return 0
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}
