import { texts } from './change-texts.ts'

type State = Readonly<Record<string, unknown>>

/** What a deed changed: each field as it was and as it became. */
export function Changes({ before, after }: { before: State | null; after: State | null }) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  if (names.length === 0) return null
  return (
    <dl class="changes">
      {names.map((name) => (
        <div key={name}>
          <dt>{texts.fields[name] ?? name}</dt>
          <dd>
            {before && name in before && <s>{shown(before[name])}</s>}
            {after && name in after && <b>{shown(after[name])}</b>}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** A value in words. Lists and objects are shown as they were kept. */
function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return texts.nothing
  if (typeof value === 'boolean') return value ? texts.yes : texts.no
  if (typeof value === 'object') return JSON.stringify(value)
  return texts.values[`${value}`] ?? `${value}`
}

/** What was changed, such as `user:5`, in words. */
export function subjectOf(target: string): string {
  const [kind = '', id = ''] = target.split(':')
  const name = texts.subjects[kind]
  return name === undefined ? target : id === '' ? name : `${name} ${id}`
}
