import { and, count, desc, eq, gt, isNotNull, isNull, lte } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { jobRunsTable } from './schema.ts'

const table = jobRunsTable

/** The record of a job's run. */
export type JobRun = typeof table.$inferSelect

/** The records of runs, which all replicas share. */
export interface JobRuns {
  /** Records that a run begins and returns its id. Marks earlier runs of the job that never ended as broken off. */
  begin(job: string, instance: string, at: Date): Promise<number>
  end(runId: number, outcome: { at: Date; rows: number; error: string | null }): Promise<void>
  /** Removes the record of a run. */
  forget(runId: number): Promise<void>
  /** The last run that ended; with `good`, the last that went well. */
  last(job: string, only?: 'good'): Promise<JobRun | undefined>
  /** The latest runs, also one that goes on, newest first. */
  recent(job: string, most: number): Promise<JobRun[]>
  /** How many runs are recorded in the future, because the clock was ahead. `last` ignores them. */
  ahead(): Promise<number>
}

/** The clocks of two replicas may differ by this much. */
const tolerance_ms = 5 * 60_000

export function jobRuns({ orm }: Database, now: () => Date): JobRuns {
  const latest = () => new Date(now().getTime() + tolerance_ms)
  return {
    async begin(job, instance, at) {
      await orm
        .update(table)
        .set({ ended_at: at, error: 'broken off' })
        .where(and(eq(table.job, job), isNull(table.ended_at)))
      const [made] = await orm.insert(table).values({ job, instance, started_at: at })
      return made.insertId
    },
    async end(runId, { at, rows, error }) {
      await orm.update(table).set({ ended_at: at, rows_done: rows, error }).where(eq(table.run_id, runId))
    },
    async forget(runId) {
      await orm.delete(table).where(eq(table.run_id, runId))
    },
    async last(job, only) {
      const conditions = [eq(table.job, job), isNotNull(table.ended_at), lte(table.started_at, latest())]
      if (only === 'good') conditions.push(isNull(table.error))
      const [run] = await orm
        .select()
        .from(table)
        .where(and(...conditions))
        .orderBy(desc(table.started_at))
        .limit(1)
      return run
    },
    async recent(job, most) {
      const isKnown = and(eq(table.job, job), lte(table.started_at, latest()))
      return orm.select().from(table).where(isKnown).orderBy(desc(table.started_at)).limit(most)
    },
    async ahead() {
      const [found] = await orm.select({ runs: count() }).from(table).where(gt(table.started_at, latest()))
      return found?.runs ?? 0
    },
  }
}
