import { signal } from '@preact/signals'

/** What the address names: a call, or a section. */
export const place = signal(location.hash.slice(1))

addEventListener('hashchange', () => {
  place.value = location.hash.slice(1)
})
