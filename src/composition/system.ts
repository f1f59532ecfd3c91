import { hostname } from 'node:os'
import type { Config } from '../config/config.ts'
import type { Push } from '../contract/messages.ts'
import type { Database } from '../db/client.ts'
import { migrations } from '../db/migrations.ts'
import type { Health } from '../http/operator-routes.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { cached } from '../lib/cached.ts'
import type { SystemParts } from '../merchant/system/parts.ts'
import type { Realtime } from '../realtime/realtime.ts'
import type { Till } from '../till/till.ts'

/** A database that was upgraded is known by its new version after this time. */
const versionAge_ms = 60_000

interface Parts {
  config: Config
  health: Health
  jobs: Jobs
  till: Pick<Till<Push>, 'waiting'>
  database: Database
  receipts: { photosWaiting(): number }
  realtime: Pick<Realtime, 'sockets'>
}

/** What the staff's screen of the system shows, and the jobs that it runs. */
export function systemOf(parts: Parts): SystemParts & { lifecycle: { stopping: boolean } } {
  const { config, health, jobs, till, database, receipts, realtime } = parts
  const readVersion = async () => {
    const [row] = await database.query<{ version: string }>('SELECT VERSION() AS version')
    return row?.version ?? ''
  }
  const named = (name: string) => jobs.all.find((job) => job.name === name)
  return {
    ...{ health, host: hostname() },
    /** `stopping` is true once the service stops: then nothing new should be sent here. */
    lifecycle: { stopping: false },
    jobs: {
      overview: jobs.overview,
      has: (name) => named(name) !== undefined,
      async run(name) {
        const job = named(name)
        if (!job) throw new Error(`there is no job ${name}`)
        return jobs.run(job)
      },
    },
    queues() {
      const { total, idle, waiting } = database.usage()
      return {
        till: { waiting: till.waiting(), most: config.TILL_QUEUE },
        reader: { waiting: receipts.photosWaiting() },
        connections: { in_use: total - idle, most: config.DATABASE_POOL, waiting },
        sockets: realtime.sockets(),
      }
    },
    versions: {
      runtime: `Bun ${Bun.version}`,
      schema: migrations.at(-1)?.name ?? '',
      database: cached(readVersion, versionAge_ms).get,
    },
  }
}
