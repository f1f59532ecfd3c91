import { useEffect } from 'preact/hooks'
import { Failed, Sheet, Skeleton } from '../../shared/parts.tsx'
import { exactTime } from '../../shared/time.ts'
import { useFresh } from '../fresh.ts'
import { place } from '../place.ts'
import { Health, Queues, Versions } from './health.tsx'
import { JobList } from './job-list.tsx'
import { JobSheet } from './job-sheet.tsx'
import { closeJob, isRunning, type SystemState, state } from './state.ts'
import { texts } from './texts.ts'

/** While a job runs, its end is looked for so often. */
const look_ms = 2_000

/** How the program itself does. */
export function System() {
  useFresh(state.load)
  useEffect(() => void state.load(), [])
  const isBusy = isRunning.value
  useEffect(() => {
    if (!isBusy) return
    const timer = setInterval(state.load, look_ms)
    return () => clearInterval(timer)
  }, [isBusy])
  const shown = state.value.value
  if (!shown)
    return state.error.value ? <Failed error={state.error.value} onRetry={state.load} /> : <Skeleton rows={3} tall />
  return (
    <>
      <div class="system-parts">
        <div class="side">
          <Health state={shown} />
          <Alerts alerts={shown.alerts} />
          <Queues queues={shown.queues} />
          <Versions versions={shown.versions} />
        </div>
        <JobList jobs={shown.jobs} />
      </div>
      <Item jobs={shown.jobs} />
    </>
  )
}

/** The job that the address names. */
function Item({ jobs }: Pick<SystemState, 'jobs'>) {
  const { item } = place.value
  if (item === '') return null
  const job = jobs.find(({ name }) => name === item)
  if (job) return <JobSheet key={item} job={job} />
  return (
    <Sheet title={texts.jobs.title} onClose={closeJob}>
      <p>{texts.jobs.unknown}</p>
    </Sheet>
  )
}

function Alerts({ alerts }: Pick<SystemState, 'alerts'>) {
  const words = texts.alerts
  return (
    <section class="panel alerts">
      <h2>{words.title}</h2>
      {alerts.length === 0 ? (
        <p class="hint">{words.none}</p>
      ) : (
        <ul class="rows">
          {alerts.map(({ event, title, count, details, host, raised_at }, index) => (
            <li key={`${raised_at} ${event} ${index}`}>
              <div>
                <b>{title}</b>
                {details.map((detail) => (
                  <p key={detail}>{detail}</p>
                ))}
                <small>
                  <time dateTime={raised_at}>{exactTime(raised_at)}</time> · {host}
                  {count > 1 && ` · ${words.times(count)}`}
                </small>
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
