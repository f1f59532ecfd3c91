import { z } from 'zod'
import { timestamp } from '../../contract/wire.ts'
import { healthAnswer } from '../../http/health-answer.ts'

const run = z.object({
  started_at: timestamp,
  /** Null while it goes on. */
  ended_at: timestamp.nullable(),
  rows: z.int().nullable(),
  /** Why it failed; null when it went well. */
  error: z.string().nullable(),
  /** The process that ran it. */
  instance: z.string(),
})

const job = z.object({
  name: z.string(),
  /** Null when it is not to run again. */
  due: timestamp.nullable(),
  /** Whether any replica runs it now. */
  is_running: z.boolean(),
  /** The latest ones, newest first. */
  runs: z.array(run),
})

const queues = z.object({
  /** Writes that wait for a batch. */
  till: z.object({ waiting: z.int(), most: z.int() }),
  /** Photos that wait for the reader. */
  reader: z.object({ waiting: z.int() }),
  /** Connections to the database, and callers that wait for one. */
  connections: z.object({ in_use: z.int(), most: z.int(), waiting: z.int() }),
  sockets: z.int(),
})
export type QueuesNow = z.output<typeof queues>

const alert = z.object({
  event: z.string(),
  title: z.string(),
  /** How often it happened since the message before. */
  count: z.int(),
  details: z.array(z.string()),
  host: z.string(),
  raised_at: timestamp,
})

/** Health, versions and queues are those of the replica that answers; jobs and alerts are those of all. */
export const systemAnswer = z.object({
  host: z.string(),
  health: healthAnswer,
  versions: z.object({ program: z.string(), runtime: z.string(), database: z.string(), schema: z.string() }),
  queues,
  jobs: z.array(job),
  /** What the operators were told on this business day, newest first, a hundred at most. */
  alerts: z.array(alert),
})

export const jobParam = z.object({ name: z.string().max(48) })

/**
 * `busy`: it is running already, here or on another replica, and was not run again. `running`: it takes longer than the
 * answer waits. `asked`: an earlier request with this key asked for it.
 */
export const ranAnswer = z.object({
  name: z.string(),
  outcome: z.enum(['done', 'failed', 'stopped', 'busy', 'running', 'asked']),
  rows: z.int().nullable(),
  error: z.string().nullable(),
})
export type RanAnswer = z.output<typeof ranAnswer>
