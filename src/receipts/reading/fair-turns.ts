/** What waits for its turn, and whose it is. */
interface Waiting {
  userId: number
}

/**
 * A queue in which users take turns. First comes what came first, if each had come no earlier than its user was last
 * served.
 */
export class FairTurns<One extends Waiting> {
  #waiting: { one: One; cameAt: number }[] = []
  readonly #servedAt = new Map<number, number>()
  #clock = 0

  get length(): number {
    return this.#waiting.length
  }

  add(one: One): void {
    this.#clock += 1
    this.#waiting.push({ one, cameAt: this.#clock })
  }

  takeNext(): One | undefined {
    const [first, ...others] = this.#waiting
    if (!first) {
      this.#servedAt.clear()
      return undefined
    }
    const dueAt = ({ one, cameAt }: typeof first) => Math.max(cameAt, this.#servedAt.get(one.userId) ?? 0)
    const { one } = others.reduce((best, next) => (dueAt(next) < dueAt(best) ? next : best), first)
    this.#servedAt.set(one.userId, this.#clock + 1)
    this.withdraw(one)
    return one
  }

  /** False when it no longer waits. */
  withdraw(one: One): boolean {
    const before = this.length
    this.#waiting = this.#waiting.filter((waiting) => waiting.one !== one)
    return this.length < before
  }

  takeAll(): One[] {
    return this.#waiting.splice(0).map(({ one }) => one)
  }
}
