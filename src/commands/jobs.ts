import { openServices } from '../composition/open-services.ts'
import type { Services } from '../composition/services.ts'
import { OperatorError } from '../lib/operator-error.ts'
import { systemActor } from '../staff/actor.ts'
import { recordDeed } from '../staff/audit.ts'
import type { Command } from './command.ts'
import { UsageError } from './usage.ts'

/** Lists the scheduled jobs, or runs one now. */
export const jobsCommand: Command = async ({ args, config, print }) => {
  const [verb, name, ...rest] = args
  const isList = verb === 'list' && name === undefined
  const isRun = verb === 'run' && name !== undefined && rest.length === 0
  if (!isList && !isRun) throw new UsageError('jobs takes list, or run and the name of a job.')
  const { services, close } = await openServices(config, print)
  try {
    if (isRun) return await runJob(services, name, print)
    for (const job of services.jobs.all) {
      const { last, due } = await services.jobs.standing(job)
      const ended = last ? `${last.ended_at?.toISOString()} ${last.error ?? `${last.rows_done} rows`}` : 'never'
      print(`${job.name.padEnd(16)} ${job.when.padEnd(14)} ${job.about}`)
      print(`${' '.repeat(16)} last: ${ended}; due: ${due && due > new Date() ? due.toISOString() : 'now'}`)
    }
    const ahead = await services.jobs.runsAhead()
    if (ahead > 0) print(`${ahead} runs are recorded in the future and ignored: the clock was ahead.`)
    return 0
  } finally {
    await close()
  }
}

async function runJob({ jobs, till }: Services, name: string, print: (line: string) => void): Promise<number> {
  const job = jobs.all.find((candidate) => candidate.name === name)
  if (!job) throw new UsageError(`There is no job ${name}; there are ${jobs.all.map((each) => each.name).join(', ')}.`)
  const attempt = await jobs.run(job)
  const { outcome } = attempt
  await till.run(recordDeed, {
    actor: systemActor(),
    deed: { action: 'job.run', target: `job:${name}`, details: { outcome } },
  })
  if (attempt.outcome === 'failed')
    throw new OperatorError(`${name} failed after ${attempt.rows} rows: ${attempt.error}`)
  if (attempt.outcome === 'stopped') throw new OperatorError(`${name} was stopped after ${attempt.rows} rows.`)
  if (attempt.outcome !== 'done') throw new OperatorError(`${name} is running already, here or on another replica.`)
  print(`${name}: ${attempt.rows} rows.`)
  return 0
}
