import { openServices } from '../composition/open-services.ts'
import type { Services } from '../composition/services.ts'
import type { CommandContext } from './command.ts'

/** What a command does with the services of the configured database. */
export type Work = (services: Services, print: (line: string) => void) => Promise<void>

/** Opens the services, does the work and closes them again. */
export async function doWork({ config, print }: Pick<CommandContext, 'config' | 'print'>, work: Work): Promise<number> {
  const { services, close } = await openServices(config, print)
  try {
    await work(services, print)
    return 0
  } finally {
    await close()
  }
}
