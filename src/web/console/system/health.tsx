import { points } from '../../shared/time.ts'
import type { SystemState } from './state.ts'
import { texts } from './texts.ts'

const minute_s = 60
const hour_s = 60 * minute_s
const day_s = 24 * hour_s

/** The parts of the service, as the replica that answered sees them. */
export function Health({ state: { health, host } }: { state: SystemState }) {
  const words = texts.health
  const { status, uptime_s, checks } = health
  const isWell = status === 'healthy' && checks.jobs !== 'failing' && checks.realtime === 'ok'
  const parts = Object.entries(words.checks) as [keyof typeof checks, string][]
  return (
    <section class="panel">
      <h2>{words.title}</h2>
      <p class={isWell ? 'flags calm' : 'flags'}>
        {isWell || status === 'unhealthy' ? words.statuses[status] : words.partly}
      </p>
      <dl class="facts">
        {parts.map(([name, label]) => (
          <div key={name}>
            <dt>{label}</dt>
            <dd class={`part ${checks[name]}`}>{words.states[checks[name]]}</dd>
          </div>
        ))}
      </dl>
      <p class="hint">
        {words.uptime(
          Math.floor(uptime_s / day_s),
          Math.floor((uptime_s % day_s) / hour_s),
          Math.floor((uptime_s % hour_s) / minute_s),
        )}{' '}
        · {words.host(host)}
      </p>
    </section>
  )
}

/** What waits now. */
export function Queues({ queues: { till, reader, connections, sockets } }: Pick<SystemState, 'queues'>) {
  const words = texts.queues
  const shown = [
    [words.till, words.of(points(till.waiting), points(till.most))],
    [words.reader, points(reader.waiting)],
    [words.connections, words.of(points(connections.in_use), points(connections.most))],
    [words.callers, points(connections.waiting)],
    [words.sockets, points(sockets)],
  ] as const
  return (
    <section class="panel">
      <h2>{words.title}</h2>
      <Facts facts={shown} />
    </section>
  )
}

export function Versions({ versions }: Pick<SystemState, 'versions'>) {
  const { title, ...labels } = texts.versions
  const names = Object.entries(labels) as [keyof typeof versions, string][]
  return (
    <section class="panel">
      <h2>{title}</h2>
      <Facts facts={names.map(([name, label]) => [label, versions[name]] as const)} />
    </section>
  )
}

function Facts({ facts }: { facts: readonly (readonly [string, string])[] }) {
  return (
    <dl class="facts">
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
