import { type Signal, signal } from '@preact/signals'

/** Something that is loaded from the service, and shown while it is loaded again. */
export interface Resource<Value> {
  readonly value: Signal<Value | null>
  /** Why the last attempt failed. */
  readonly error: Signal<Error | null>
  load(): Promise<void>
  clear(): void
}

export function resource<Value>(read: () => Promise<Value>): Resource<Value> {
  const value = signal<Value | null>(null)
  const error = signal<Error | null>(null)
  let latest = 0
  return {
    value,
    error,
    async load() {
      latest += 1
      const turn = latest
      try {
        const loaded = await read()
        if (turn !== latest) return
        value.value = loaded
        error.value = null
      } catch (fault) {
        if (turn === latest) error.value = fault as Error
      }
    },
    clear() {
      latest += 1
      value.value = null
      error.value = null
    },
  }
}

/** A list that is loaded page by page. */
export interface Pages<Item> {
  readonly items: Signal<readonly Item[] | null>
  readonly error: Signal<Error | null>
  readonly goesOn: Signal<boolean>
  readonly isBusy: Signal<boolean>
  /** Loads the list anew, whatever is still on its way. */
  first(): Promise<void>
  /** Loads the next page, unless one is on its way. */
  more(): Promise<void>
  /** Asks again for what was asked for last. */
  retry(): Promise<void>
}

interface Page<Item> {
  items: readonly Item[]
  pagination: { page: number; total_pages: number }
}

export function pages<Item>(read: (page: number) => Promise<Page<Item>>): Pages<Item> {
  const items = signal<readonly Item[] | null>(null)
  const error = signal<Error | null>(null)
  const goesOn = signal(false)
  const isBusy = signal(false)
  let page = 0
  let latest = 0
  let asked = 1
  const load = async (next: number) => {
    asked = next
    latest += 1
    const turn = latest
    isBusy.value = true
    try {
      const found = await read(next)
      if (turn !== latest) return
      page = next
      items.value = next === 1 ? found.items : [...(items.value ?? []), ...found.items]
      goesOn.value = found.pagination.page < found.pagination.total_pages
      error.value = null
    } catch (fault) {
      if (turn === latest) error.value = fault as Error
    } finally {
      if (turn === latest) isBusy.value = false
    }
  }
  const more = async () => {
    if (!isBusy.value) await load(page + 1)
  }
  return { items, error, goesOn, isBusy, first: () => load(1), more, retry: () => load(asked) }
}
