import { computed } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call } from '../../shared/api.ts'
import type { Answer } from '../../shared/calls.ts'
import { PagedList } from '../../shared/parts.tsx'
import { pages } from '../../shared/resource.ts'
import { ago, exactTime } from '../../shared/time.ts'
import { Changes, subjectOf } from '../changes.tsx'
import { linkTo, place, setFilters } from '../place.ts'
import { texts } from './texts.ts'

type Deed = Answer<'GET /merchant/audit'>['records'][number]

const names = ['action', 'target', 'actor_id', 'from', 'to'] as const
type Name = (typeof names)[number]

/** What the address filters by. What the service would refuse is left out. */
const filters = computed(() => {
  const { action, target, actor_id, from, to } = place.value.filters
  const day = (typed = '') => (/^\d{4}-\d\d-\d\d$/.test(typed) ? typed : undefined)
  const number = /^[1-9]\d{0,9}$/.test(actor_id ?? '') ? actor_id : undefined
  const asked = { action: action || undefined, target: target || undefined, actor_id: number }
  return JSON.stringify({ ...asked, from: day(from), to: day(to) })
})
const list = pages(async (page) => {
  const query = { page, ...JSON.parse(filters.value) }
  const { records, pagination } = await call('GET /merchant/audit', { query })
  return { items: records, pagination }
})

/** Who of the staff did what, newest first. */
export function Audit() {
  useEffect(() => void list.first(), [filters.value])
  const isFiltered = names.some((name) => (place.value.filters[name] ?? '') !== '')
  return (
    <>
      <search class="filters">
        <label>
          {texts.action}
          <select
            value={place.value.filters.action ?? ''}
            onChange={({ currentTarget }) => setFilters({ action: currentTarget.value })}
          >
            <option value="">{texts.allActions}</option>
            {Object.entries(texts.actions).map(([action, name]) => (
              <option key={action} value={action}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <TypedFilter name="target" label={texts.target} hint={texts.targetHint} />
        <TypedFilter name="actor_id" label={texts.actor} hint={texts.actorHint} />
        <TypedFilter name="from" label={texts.from} type="date" />
        <TypedFilter name="to" label={texts.to} type="date" />
        {isFiltered && (
          <a class="link" href={linkTo('audit')}>
            {texts.clear}
          </a>
        )}
      </search>
      <PagedList list={list} empty={texts.empty} row={(deed) => <DeedRow key={deed.audit_id} deed={deed} />} />
    </>
  )
}

interface TypedFilterProps {
  name: Name
  label: string
  hint?: string
  type?: 'text' | 'date'
}

function TypedFilter({ name, label, hint = '', type = 'text' }: TypedFilterProps) {
  const change = ({ currentTarget }: { currentTarget: HTMLInputElement }) =>
    setFilters({ [name]: currentTarget.value.trim() })
  const value = place.value.filters[name] ?? ''
  return type === 'date' ? (
    <label>
      {label}
      <input type="date" value={value} onChange={change} />
    </label>
  ) : (
    <label>
      {label}
      <input type="text" value={value} placeholder={hint} maxLength={64} onChange={change} />
    </label>
  )
}

function DeedRow({ deed }: { deed: Deed }) {
  const { actor, action, target, before, after, details, created_at } = deed
  const name = actor?.nickname ?? (deed.system_user ? texts.byCommand(deed.system_user) : texts.somebody)
  const subject = subjectOf(target)
  const filtered = { ...place.value.filters }
  return (
    <li>
      <details>
        <summary>
          <b>
            {texts.actions[action] ?? action} · {subject}
          </b>
          <small>
            {name} ·{' '}
            <time dateTime={created_at} title={exactTime(created_at)}>
              {ago(created_at)}
            </time>
          </small>
        </summary>
        <Changes before={before} after={after} />
        <Changes before={null} after={details} />
        <p class="hint">
          {exactTime(created_at)}
          {deed.address_id && ` · ${texts.from_network(deed.address_id.slice(0, 8))}`}
        </p>
        <p class="ways">
          <a class="link" href={linkTo('audit', '', { ...filtered, target })}>
            {texts.onlyTarget(subject)}
          </a>
          {actor && (
            <a class="link" href={linkTo('audit', '', { ...filtered, actor_id: `${actor.user_id}` })}>
              {texts.onlyActor(actor.nickname)}
            </a>
          )}
        </p>
      </details>
    </li>
  )
}
