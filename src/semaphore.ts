/** Lets a bounded number of tasks run at a time; the others wait their turn. */
export interface Semaphore {
  run<T>(task: () => Promise<T>): Promise<T>
}

/**
 * @param limit tasks at a time
 * @param queueLimit tasks waiting at the most
 * @param refuse makes the error for one more than that
 */
export function createSemaphore(limit: number, queueLimit: number, refuse: () => Error): Semaphore {
  const waiting: (() => void)[] = []
  let running = 0
  return {
    async run(task) {
      if (running < limit) running += 1
      else if (waiting.length >= queueLimit) throw refuse()
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await task()
      } finally {
        // Whoever waited longest takes the place over.
        const next = waiting.shift()
        if (next) next()
        else running -= 1
      }
    },
  }
}
