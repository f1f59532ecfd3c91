import { signal } from '@preact/signals'

/** Where somebody is: a screen, what is shown on it, and by which filters. All of it stands in the address. */
export interface Place {
  /** The path of a screen; empty: the first one that the caller may see. */
  screen: string
  /** What the screen shows, such as the number of a receipt; empty: nothing in particular. */
  item: string
  filters: Readonly<Record<string, string>>
}

/** The place that the address names: `#reviews/UP_1?flag=unread`. */
export const place = signal<Place>(placeIn(location.hash))
/** The part of the address that the place was read from. */
let readFrom = location.hash

addEventListener('hashchange', readPlace)

function readPlace(): void {
  readFrom = location.hash
  place.value = placeIn(readFrom)
}

function placeIn(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?')
  const [screen = '', item = ''] = path.split('/')
  return { screen, item: decoded(item), filters: Object.fromEntries(new URLSearchParams(query)) }
}

/** The link to a place. Empty filters are left out. */
export function linkTo(screen: string, item = '', filters: Place['filters'] = {}): string {
  const query = new URLSearchParams(Object.entries(filters).filter(([, value]) => value !== '')).toString()
  return `#${screen}${item === '' ? '' : `/${encodeURIComponent(item)}`}${query === '' ? '' : `?${query}`}`
}

/** Changes filters of the screen that is shown. The way back leads to where somebody came from, not to each filter. */
export function setFilters(changes: Place['filters']): void {
  const { screen, item, filters } = place.value
  stay(linkTo(screen, item, { ...filters, ...changes }))
}

/** Shows something else on the same screen, with the same filters. */
export function showItem(item: string): void {
  const { screen, filters } = place.value
  stay(linkTo(screen, item, filters))
}

/** Puts another link in the place of this one: the way back leads past it. Whoever is on their way elsewhere goes there. */
export function stay(link: string): void {
  if (location.hash !== readFrom) return
  history.replaceState(null, '', link)
  readPlace()
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
