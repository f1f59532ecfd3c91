/** A value kept in memory: loaded once for all who ask at the same time, never served older than `maxAgeMs`. */
export interface Cached<Value> {
  /** The value, no older than the last `invalidate` and the age limit. */
  get(): Promise<Value>
  /** Makes the next `get` load again. */
  invalidate(): void
}

export function cached<Value>(load: () => Promise<Value>, maxAgeMs: number): Cached<Value> {
  let epoch = 0
  let held: { value: Value; epoch: number; until: number } | undefined
  let loading: { promise: Promise<Value>; epoch: number } | undefined

  const reload = () => {
    const started = { epoch, promise: load() }
    loading = started
    started.promise.then(
      (value) => {
        if (loading === started) loading = undefined
        if (!held || held.epoch <= started.epoch) held = { value, epoch: started.epoch, until: Date.now() + maxAgeMs }
      },
      () => {
        if (loading === started) loading = undefined
      },
    )
    return started.promise
  }

  return {
    get() {
      if (held && held.epoch === epoch && held.until > Date.now()) return Promise.resolve(held.value)
      return loading && loading.epoch === epoch ? loading.promise : reload()
    },
    invalidate() {
      epoch += 1
    },
  }
}

/** Text made from a value, kept for as long as the value itself is; at most `most` texts of one value. */
export interface Written<Value extends object> {
  textOf(value: Value, key: string, write: () => string): string
}

export function written<Value extends object>(most: number): Written<Value> {
  const texts = new WeakMap<Value, Map<string, string>>()
  return {
    textOf(value, key, write) {
      const known = texts.get(value) ?? new Map<string, string>()
      texts.set(value, known)
      const text = known.get(key) ?? write()
      if (known.size < most) known.set(key, text)
      return text
    },
  }
}
