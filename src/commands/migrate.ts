import { openInstallation } from '../composition/installation.ts'
import type { Command } from './command.ts'
import { UsageError } from './usage.ts'

/** Opening an installation migrates it. */
export const migrateCommand: Command = async ({ args, config, print }) => {
  if (args.length > 0) throw new UsageError('migrate takes nothing.')
  const installation = await openInstallation(config, print)
  await installation.close()
  print('The tables are up to date.')
  return 0
}
