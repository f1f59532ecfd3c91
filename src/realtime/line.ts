import type { Push } from '../contract/messages.ts'

/** Pushes that are sent together: those of one ledger row, after those that led to it. */
export interface LineItem {
  /** The ledger row's number; undefined when no points moved. */
  seq: number | undefined
  pushes: Push[]
}

/**
 * A reorder buffer for one user's pushes: it delivers them in the order of the user's ledger. Pushes from another
 * replica may arrive out of order. The line waits for a missing row, but only for a limited time.
 */
export class Line {
  #next: number | undefined
  #held: LineItem[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #deliver: (item: LineItem) => void
  readonly #patience_ms: () => number

  /** `patience_ms` is called at each gap and says how long to wait for the missing row. */
  constructor(deliver: (item: LineItem) => void, patience_ms: () => number) {
    this.#deliver = deliver
    this.#patience_ms = patience_ms
  }

  /** Starts the delivery after ledger row `seq`, whose balance the user already has. Until then everything is held. */
  startAfter(seq: number): void {
    if (this.#next !== undefined) return
    this.#next = seq + 1
    this.#held = this.#held.filter((item) => item.seq === undefined || item.seq > seq)
    this.#drain()
  }

  /** Delivers an item in its turn. Items that moved no points have no number: they follow what came before them. */
  take(item: LineItem): void {
    const last = this.#held.at(-1)
    if (item.seq === undefined) {
      if (this.#next === undefined) this.#held.push(item)
      else if (last) last.pushes.push(...item.pushes)
      else this.#deliver(item)
    } else if (this.#next !== undefined && item.seq < this.#next) {
      // It comes after its turn was given up. A balance that is older than the one shown is left out.
      this.#deliver({ seq: item.seq, pushes: item.pushes.filter(({ type }) => type !== 'points_update') })
    } else {
      // Ahead of its turn or in it: it waits at its place among those that are held.
      const after = this.#held.findIndex(({ seq }) => seq !== undefined && seq > (item.seq ?? 0))
      this.#held.splice(after === -1 ? this.#held.length : after, 0, item)
      this.#drain()
    }
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#held = []
  }

  /** Delivers the next items without a gap. At a gap it waits a moment, then skips the missing rows. */
  #drain(): void {
    if (this.#next === undefined) return
    for (let item = this.#held[0]; item && (item.seq ?? this.#next) === this.#next; item = this.#held[0]) {
      this.#held.shift()
      if (item.seq !== undefined) this.#next += 1
      this.#deliver(item)
    }
    clearTimeout(this.#timer)
    if (this.#held.length > 0) this.#timer = setTimeout(() => this.#goOn(), this.#patience_ms())
  }

  #goOn(): void {
    this.#next = this.#held[0]?.seq ?? this.#next
    this.#drain()
  }
}

/** Groups one user's pushes of one commit into items of their line. */
export function lineItems(pushes: readonly Push[]): LineItem[] {
  const items: LineItem[] = []
  let item: LineItem = { seq: undefined, pushes: [] }
  for (const push of pushes) {
    item.pushes.push(push)
    if (push.ledger_seq === undefined) continue
    items.push({ ...item, seq: push.ledger_seq })
    item = { seq: undefined, pushes: [] }
  }
  return item.pushes.length > 0 ? [...items, item] : items
}
