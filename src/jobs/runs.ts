import { and, desc, eq, isNotNull, isNull } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { jobRunsTable } from './schema.ts'

const table = jobRunsTable

/** A run of a job as it is recorded. */
export type JobRun = typeof table.$inferSelect

/** The records of runs: what every replica knows of the others' work. */
export interface JobRuns {
  /** Records that a run begins; runs of this job that never ended are marked as broken off. Answers its id. */
  begin(job: string, instance: string, at: Date): Promise<number>
  end(runId: number, outcome: { at: Date; rows: number; error: string | null }): Promise<void>
  /** Takes the record of a run back. */
  forget(runId: number): Promise<void>
  /** The last run that ended, or only the last that went well. */
  last(job: string, only?: 'good'): Promise<JobRun | undefined>
}

export function jobRuns({ orm }: Database): JobRuns {
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
      const conditions = [eq(table.job, job), isNotNull(table.ended_at)]
      if (only === 'good') conditions.push(isNull(table.error))
      const [run] = await orm
        .select()
        .from(table)
        .where(and(...conditions))
        .orderBy(desc(table.started_at))
        .limit(1)
      return run
    },
  }
}
