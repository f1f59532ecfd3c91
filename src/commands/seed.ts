import { openServices } from '../composition/open-services.ts'
import { seedProducts, seedWheel } from '../composition/seed.ts'
import type { Command } from './command.ts'
import { UsageError } from './usage.ts'

export const seedCommand: Command = async ({ args, config, print }) => {
  if (args.length > 0) throw new UsageError('seed takes no arguments.')
  const { services, close } = await openServices(config, print)
  try {
    print((await seedWheel(services)) ? 'The default wheel is installed.' : 'There is a wheel already.')
    const made = await seedProducts(services)
    print(made > 0 ? `${made} sample products are installed.` : 'There are products already: no sample was added.')
    return 0
  } finally {
    await close()
  }
}
