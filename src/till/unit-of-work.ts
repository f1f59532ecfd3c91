import type { Transaction } from '../db/transact.ts'
import { HeldRows, type Name } from './held-rows.ts'
import { LogBook } from './log-book.ts'
import type { Leaf } from './log-entry.ts'
import type { Finder, Key, Need, TableMapping } from './table-mapping.ts'

/** What one operation of a batch needs. */
export interface Wanted {
  ticket: unknown
  need: Need
}

/** Makes the compiler refuse a patch with other columns. TypeScript checks that by itself for literals alone. */
type OnlyOf<Column extends string, Patch> = { [Key in Exclude<keyof Patch, Column>]: never }

/**
 * The rows that a batch has loaded and locked; its operations read and change them in memory (Fowler's Unit of Work).
 * An operation sees the rows that it named and those that it made, whoever shares its batch. One operation can be
 * undone without touching what the others did.
 */
export class UnitOfWork<Announcement = unknown> implements Finder {
  /** The instant of this batch: the only clock an operation has. */
  readonly now: Date
  readonly announcements: Announcement[] = []
  #held = new Map<TableMapping, HeldRows>()
  #kept = new Set<object>()
  #logBook = new LogBook()
  #together = new Map<(items: never[]) => void, unknown[]>()
  #undo: (() => void)[] = []
  #current: unknown

  constructor(now: Date) {
    this.now = now
  }

  /**
   * The row under `key`, or undefined when there is none.
   * @throws for a row that this operation did not name: what another operation named must not decide what it sees.
   */
  find<Row extends object>(mapping: TableMapping<Row>, key: Key): Readonly<Row> | undefined {
    return this.#of(mapping).find(key, this.#current) as Row | undefined
  }

  /**
   * The row under `key`.
   * @throws when there is none.
   */
  get<Row extends object>(mapping: TableMapping<Row>, key: Key): Readonly<Row> {
    const row = this.find(mapping, key)
    if (!row) throw new Error(`${mapping.name} ${key.join('/')} does not exist`)
    return row
  }

  /** The new row that this operation asked for. It is saved only if the operation calls this. */
  keepFresh<Row extends object>(mapping: TableMapping<Row>): Readonly<Row> {
    const row = this.#of(mapping).fresh.get(this.#current)
    if (!row) throw new Error(`${mapping.name}: no fresh row was asked for`)
    this.#kept.add(row)
    this.#undo.push(() => this.#kept.delete(row))
    return row as Row
  }

  /**
   * Changes columns of a row, in place: who holds the row sees the new values at once, typed `Readonly` or not.
   * @throws for a column that the mapping does not write, and for a copy of a row: neither would be saved.
   */
  update<Row extends object, Column extends keyof Row & string, Patch extends Partial<Pick<Row, Column>>>(
    mapping: TableMapping<Row, Column>,
    row: Readonly<Row>,
    patch: Patch & OnlyOf<Column, Patch>,
  ): void {
    const held = this.#of(mapping)
    const { changed, columns } = held
    const isNew = held.added.has(row)
    if (!isNew && !held.holds(row)) throw new Error(`${mapping.name}: the row to change was not loaded`)
    const before: Partial<Row> = {}
    for (const column of Object.keys(patch) as Column[]) {
      if (!mapping.updates.includes(column)) throw new Error(`${mapping.name}.${column} is not written`)
      before[column] = row[column]
      columns.add(column)
    }
    const wasChanged = changed.has(row)
    Object.assign(row, patch)
    if (mapping.logged?.on?.some((column) => Object.hasOwn(patch, column)))
      this.#undo.push(this.#logBook.note(mapping, row))
    if (!isNew) changed.add(row)
    this.#undo.push(() => {
      Object.assign(row, before)
      if (!isNew && !wasChanged) changed.delete(row)
    })
  }

  /** Adds a row. If its key is complete this operation can find it, and so can later operations that name it. */
  append<Row extends object>(mapping: TableMapping<Row>, row: Partial<Row>): void {
    const held = this.#of(mapping)
    held.added.add(row)
    if (mapping.logged) this.#undo.push(this.#logBook.note(mapping, row))
    const key = mapping.keyOf(row as Row)
    const isNamed = !key.includes(undefined as never)
    if (isNamed) {
      held.name(key, this.#current)
      held.hold(row, key)
    }
    this.#undo.push(() => {
      held.added.delete(row)
      if (isNamed) held.drop(key)
    })
  }

  /** Puts a leaf into the log that belongs to no row. */
  log(leaf: Leaf): void {
    this.#undo.push(this.#logBook.add(leaf))
  }

  /** Gives `handle` this item, with those of all other operations of the batch, once all have decided. */
  together<Item>(handle: (items: Item[]) => void, item: Item): void {
    const items = this.#together.get(handle) ?? []
    this.#together.set(handle, items)
    items.push(item)
    this.#undo.push(() => items.pop())
  }

  /** Does what the operations wanted to have done together. */
  finish(): void {
    for (const [handle, items] of this.#together) if (items.length > 0) handle(items as never[])
  }

  /** Publishes these once this batch is committed. */
  announce(...announcements: Announcement[]): void {
    const length = this.announcements.length
    this.announcements.push(...announcements)
    this.#undo.push(() => {
      this.announcements.length = length
    })
  }

  /** Runs one operation's decision. If it throws, everything it did here is undone. */
  deciding<Answer>(ticket: unknown, decide: () => Answer): Answer {
    this.#undo = []
    this.#current = ticket
    try {
      return decide()
    } catch (error) {
      for (const step of this.#undo.reverse()) step()
      throw error
    }
  }

  /**
   * Loads and locks what the operations need, mapping by mapping in lock order and with ascending keys. Loads that
   * need no earlier row are sent in one packet.
   */
  async load(tx: Transaction, needs: readonly Wanted[]): Promise<void> {
    const byMapping = Map.groupBy(needs, ({ need }) => need.mapping)
    let loading: Promise<void>[] = []
    for (const [mapping, wanted] of [...byMapping].sort(([a], [b]) => a.rank - b.rank)) {
      if (wanted.some(({ need }) => 'fresh' in need || typeof need.keys === 'function')) {
        await Promise.all(loading)
        loading = []
      }
      loading.push(this.#loadRows(tx, mapping, wanted))
      if (wanted.some(({ need }) => 'fresh' in need)) loading.push(this.#makeFresh(tx, mapping, wanted))
    }
    await Promise.all(loading)
  }

  /** True when there is anything to write. */
  get touched(): boolean {
    if (this.#kept.size > 0 || this.#logBook.hasLeaves) return true
    for (const { added, changed } of this.#held.values()) if (added.size > 0 || changed.size > 0) return true
    return false
  }

  /** Writes what changed, in lock order, and drops fresh rows that nobody kept. The log is told in the same commit. */
  async save(tx: Transaction): Promise<void> {
    this.#logBook.salt()
    const tables = [...this.#held.values()].sort((a, b) => a.mapping.rank - b.mapping.rank)
    for (const { mapping, changed, columns } of tables)
      if (changed.size > 0) await mapping.update(tx, [...changed], columns)
    for (const { mapping, added } of tables) if (added.size > 0) mapping.insert(tx, [...added])
    for (const { mapping, fresh } of tables) {
      const unwanted = [...fresh.values()].filter((row) => !this.#kept.has(row))
      if (unwanted.length > 0) mapping.remove(tx, unwanted)
    }
    this.#logBook.write(tx, this.now)
  }

  async #loadRows(tx: Transaction, mapping: TableMapping, wanted: readonly Wanted[]): Promise<void> {
    const held = this.#of(mapping)
    const keys = new Map<Name, Key>()
    for (const { ticket, need } of wanted) {
      if (!('keys' in need)) continue
      this.#current = ticket
      for (const key of typeof need.keys === 'function' ? need.keys(this) : need.keys)
        keys.set(held.name(key, ticket), key)
    }
    if (keys.size === 0) return
    for (const row of await mapping.load(tx, [...keys.values()].sort(compareKeys))) held.hold(row)
  }

  async #makeFresh(tx: Transaction, mapping: TableMapping, wanted: readonly Wanted[]): Promise<void> {
    const held = this.#of(mapping)
    const asked = wanted.flatMap(({ ticket, need }) => ('fresh' in need ? [{ ticket, seed: need.fresh }] : []))
    if (asked.length === 0) return
    const made = await mapping.create(
      tx,
      asked.map(({ seed }) => seed),
    )
    for (const [index, row] of made.entries()) {
      const ticket = asked[index]?.ticket
      held.name(mapping.keyOf(row), ticket)
      held.hold(row)
      held.fresh.set(ticket, row)
    }
  }

  #of(mapping: TableMapping): HeldRows {
    const found = this.#held.get(mapping)
    if (found) return found
    const made = new HeldRows(mapping)
    this.#held.set(mapping, made)
    return made
  }
}

function compareKeys(a: Key, b: Key): number {
  for (let i = 0; i < a.length; i += 1) {
    const [left, right] = [a[i] ?? '', b[i] ?? '']
    if (left < right) return -1
    if (left > right) return 1
  }
  return 0
}
