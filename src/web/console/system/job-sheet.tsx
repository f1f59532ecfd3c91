import { useSignal } from '@preact/signals'
import { call } from '../../shared/api.ts'
import { complain, Sheet, say } from '../../shared/parts.tsx'
import { exactTime, points } from '../../shared/time.ts'
import { askThis } from '../ask.ts'
import { ConfirmButton } from '../confirm-button.tsx'
import { focused } from '../focused.ts'
import { may } from '../standing.ts'
import { closeJob, type Job, state } from './state.ts'
import { texts } from './texts.ts'

const words = texts.jobs

/** A job, what it did last, and the way to run it now. */
export function JobSheet({ job }: { job: Job }) {
  const { name, about } = words.words(job.name)
  return (
    <Sheet title={name} onClose={closeJob}>
      {about !== '' && <p>{about}</p>}
      {job.is_running ? <p class="flags calm">{words.running}</p> : may('jobs') && <Run job={job} name={name} />}
      <h3>{words.runs}</h3>
      {job.runs.length === 0 ? (
        <p class="hint">{words.never}</p>
      ) : (
        <ul class="rows">
          {job.runs.map((run) => (
            <li key={run.started_at}>
              <div>
                <b>{exactTime(run.started_at)}</b>
                <small>{words.by(run.instance)}</small>
              </div>
              <Outcome run={run} isRunning={job.is_running} />
            </li>
          ))}
        </ul>
      )}
    </Sheet>
  )
}

function Outcome({ run: { ended_at, error, rows }, isRunning }: { run: Job['runs'][number]; isRunning: boolean }) {
  if (ended_at === null) return <span class="state pending">{isRunning ? words.running : words.stopped}</span>
  if (error !== null) return <span class="state failed">{error}</span>
  return <span class="state approved">{words.rows(points(rows ?? 0))}</span>
}

/** One confirmation, which stands elsewhere than the button that asks for it. */
function Run({ job, name }: { job: Job; name: string }) {
  const isAsked = useSignal(false)
  const isBusy = useSignal(false)
  const ask = (on: boolean) => () => {
    isAsked.value = on
  }
  const run = async () => {
    isBusy.value = true
    try {
      const { outcome, rows } = await askThis(`job:${job.name}`, {}, ({ key }) =>
        call('POST /merchant/jobs/:name/run', { path: { name: job.name }, key }),
      )
      say(outcome === 'done' ? words.outcomes.done(points(rows ?? 0)) : words.outcomes[outcome], outcome === 'failed')
    } catch (error) {
      complain(error)
    }
    await state.load()
    isBusy.value = false
    isAsked.value = false
  }
  if (!isAsked.value)
    return (
      <button type="button" class="main wide" onClick={ask(true)}>
        {words.run}
      </button>
    )
  return (
    <fieldset class="sure">
      <legend>{words.sure(name)}</legend>
      <button ref={focused} type="button" class="second wide" disabled={isBusy.value} onClick={ask(false)}>
        {words.notYet}
      </button>
      <ConfirmButton isBusy={isBusy.value} onConfirm={run}>
        {words.confirm}
      </ConfirmButton>
    </fieldset>
  )
}
