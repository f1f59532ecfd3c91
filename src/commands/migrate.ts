import { openInstallation } from '../composition/installation.ts'
import type { Command } from './command.ts'
import { UsageError } from './usage.ts'

/** Migrates the database. `openInstallation` does that. */
export const migrateCommand: Command = async ({ args, config, print }) => {
  if (args.length > 0) throw new UsageError('migrate takes no arguments.')
  const installation = await openInstallation(config, print)
  await installation.close()
  print('The tables are up to date.')
  return 0
}
