import type { Job } from '../../src/jobs/job.ts'
import type { Attempt } from '../../src/jobs/runner.ts'
import type { TestService } from './service.ts'

/** The service's job of this name. */
export function jobNamed({ services }: Pick<TestService, 'services'>, name: string): Job {
  const job = services.jobs.all.find((each) => each.name === name)
  if (!job) throw new Error(`no job ${name}`)
  return job
}

/** Runs the service's job of this name now, whether it is due or not. */
export function runJob(service: Pick<TestService, 'services'>, name: string): Promise<Attempt> {
  return service.services.jobs.run(jobNamed(service, name))
}
