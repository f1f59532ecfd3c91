import { place, setFilters } from './place.ts'

interface ChoicesProps {
  name: string
  /** The filter in the address that says which one holds. */
  filter: string
  /** Values with their labels. The empty one holds while the address says nothing. */
  choices: readonly (readonly [string, string])[]
}

/** A few choices of which one holds. Which one it is stands in the address. */
export function Choices({ name, filter, choices }: ChoicesProps) {
  const chosen = place.value.filters[filter] ?? ''
  return (
    <fieldset class="choices">
      <legend class="unseen">{name}</legend>
      {choices.map(([value, label]) => (
        <button
          key={value}
          type="button"
          class="chip"
          aria-pressed={chosen === value}
          onClick={() => setFilters({ [filter]: value })}
        >
          {label}
        </button>
      ))}
    </fieldset>
  )
}
