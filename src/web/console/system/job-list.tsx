import { ago, exactTime, points } from '../../shared/time.ts'
import { linkTo } from '../place.ts'
import { type Job, screen } from './state.ts'
import { texts } from './texts.ts'

const words = texts.jobs

/** Every job, with its last run and when it is due next. */
export function JobList({ jobs }: { jobs: readonly Job[] }) {
  return (
    <section class="panel">
      <h2>{words.title}</h2>
      <ul class="rows jobs">
        {jobs.map((job) => (
          <li key={job.name}>
            <a href={linkTo(screen, job.name)}>
              <span>
                <b>{words.words(job.name).name}</b>
                <small>{lastOf(job)}</small>
              </span>
              <JobMark job={job} />
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** How the job stands, in a word. */
function JobMark({ job: { is_running, runs, due } }: { job: Job }) {
  if (is_running) return <span class="state pending">{words.running}</span>
  if (runs[0]?.error != null) return <span class="state failed">{words.failed}</span>
  return <small>{due === null ? '' : Date.parse(due) <= Date.now() ? words.dueNow : words.due(exactTime(due))}</small>
}

function lastOf({ runs }: Job): string {
  const last = runs.find(({ ended_at }) => ended_at !== null)
  if (!last?.ended_at) return words.never
  return `${ago(last.ended_at)} · ${last.error ?? words.rows(points(last.rows ?? 0))}`
}
