/** Lets a limited number of tasks run at a time; the others wait for their turn. */
export interface Semaphore {
  run<T>(task: () => Promise<T>): Promise<T>
  /** Tasks that wait for a place. */
  readonly waiting: number
}

/**
 * @param limit tasks at a time
 * @param queueLimit the most tasks that wait
 * @param refuse makes the error for a task beyond that
 */
export function createSemaphore(limit: number, queueLimit: number, refuse: () => Error): Semaphore {
  const waiting: (() => void)[] = []
  let running = 0
  return {
    get waiting() {
      return waiting.length
    },
    async run(task) {
      if (running < limit) running += 1
      else if (waiting.length >= queueLimit) throw refuse()
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await task()
      } finally {
        // The task that has waited longest takes over the place.
        const next = waiting.shift()
        if (next) next()
        else running -= 1
      }
    },
  }
}

/** A {@link Semaphore} that also limits each party, so that none can take every place. */
export interface FairSemaphore {
  run<T>(party: string, task: () => Promise<T>): Promise<T>
  /** Tasks that wait for a place although their party has not used up its own. */
  readonly waiting: number
}

/**
 * @param limit tasks at a time
 * @param limitEach tasks of one party at a time
 * @param queueLimit the most tasks of one party that wait for its places, and the most of all that wait for any place
 * @param refuse makes the error for a task beyond that
 */
export function createFairSemaphore(
  limit: number,
  limitEach: number,
  queueLimit: number,
  refuse: () => Error,
): FairSemaphore {
  const all = createSemaphore(limit, queueLimit, refuse)
  const parties = new Map<string, { places: Semaphore; tasks: number }>()
  return {
    get waiting() {
      return all.waiting
    },
    async run(party, task) {
      const own = parties.get(party) ?? { places: createSemaphore(limitEach, queueLimit, refuse), tasks: 0 }
      parties.set(party, own)
      own.tasks += 1
      try {
        return await own.places.run(() => all.run(task))
      } finally {
        own.tasks -= 1
        if (own.tasks === 0) parties.delete(party)
      }
    },
  }
}
