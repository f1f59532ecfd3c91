import { openServices } from '../composition/open-services.ts'
import type { Command } from './command.ts'
import { UsageError } from './usage.ts'

/** Migrates the database. `openServices` does that. */
export const migrateCommand: Command = async ({ args, config, print, progress }) => {
  if (args.length > 0) throw new UsageError('migrate takes no arguments.')
  const opened = await openServices(config, print, { progress })
  await opened.close()
  print('The tables are up to date.')
  return 0
}
