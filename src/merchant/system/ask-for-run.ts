import type { Push } from '../../contract/messages.ts'
import type { StaffActor } from '../../staff/actor.ts'
import { audit } from '../../staff/audit.ts'
import { byStaff } from '../../staff/standing.ts'
import type { Operation } from '../../till/operation.ts'

/** Writes down who runs a job by hand, before it runs. */
export const askForRun: Operation<{ actor: StaffActor; name: string }, { name: string }, Push> = byStaff('jobs', {
  name: 'ask_for_run',
  laneKey: ({ actor }) => actor.userId,
  needs: () => [],
  decide(unit, { actor, name }) {
    audit(unit, actor, { action: 'job.run', target: `job:${name}` })
    return { name }
  },
})
