import { openInstallation } from '../installation.ts'
import type { Command } from './run.ts'

/** Opening an installation migrates it. */
export const migrateCommand: Command = async ({ config, print }) => {
  const installation = await openInstallation(config, print)
  await installation.close()
  print('The tables are up to date.')
  return 0
}
