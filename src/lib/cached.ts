/** A value kept in memory. Callers that ask at the same time share one load. It is never older than `maxAge_ms`. */
export interface Cached<Value> {
  /** The value, loaded after the last `invalidate` and within the age limit. */
  get(): Promise<Value>
  /** Makes the next `get` load again. */
  invalidate(): void
}

export function cached<Value>(load: () => Promise<Value>, maxAge_ms: number): Cached<Value> {
  let epoch = 0
  let held: { value: Value; epoch: number; until: number } | undefined
  let loading: { promise: Promise<Value>; epoch: number } | undefined

  const reload = () => {
    const started = { epoch, promise: load() }
    loading = started
    started.promise.then(
      (value) => {
        if (loading === started) loading = undefined
        if (!held || held.epoch <= started.epoch)
          held = { value, epoch: started.epoch, until: performance.now() + maxAge_ms }
      },
      () => {
        if (loading === started) loading = undefined
      },
    )
    return started.promise
  }

  return {
    get() {
      if (held && held.epoch === epoch && held.until > performance.now()) return Promise.resolve(held.value)
      return loading && loading.epoch === epoch ? loading.promise : reload()
    },
    invalidate() {
      epoch += 1
    },
  }
}
