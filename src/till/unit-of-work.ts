import type { Transaction } from '../db/transact.ts'
import type { Finder, Key, Need, TableMapping } from './table-mapping.ts'

const fileName = (key: Key) => key.join('\u0000')

/**
 * The rows a batch has loaded and locked, as its operations see and change them in memory.
 * What one operation did can be undone without touching what its neighbours did.
 */
export class UnitOfWork<Announcement = unknown> implements Finder {
  /** The instant of this batch: the only clock an operation has. */
  readonly now: Date
  readonly announcements: Announcement[] = []
  #filed = new Map<TableMapping, Map<string, object>>()
  #added = new Map<TableMapping, Set<object>>()
  #changed = new Map<TableMapping, Set<object>>()
  #columns = new Map<TableMapping, Set<string>>()
  #fresh = new Map<unknown, Map<TableMapping, object>>()
  #kept = new Set<object>()
  #undo: (() => void)[] = []
  #current: unknown

  constructor(now: Date) {
    this.now = now
  }

  /** The row under `key`, or undefined when there is none. */
  find<Row extends object>(mapping: TableMapping<Row>, key: Key): Readonly<Row> | undefined {
    return this.#filed.get(mapping)?.get(fileName(key)) as Row | undefined
  }

  /** The row under `key`, which the operation knows to exist. */
  get<Row extends object>(mapping: TableMapping<Row>, key: Key): Readonly<Row> {
    const row = this.find(mapping, key)
    if (!row) throw new Error(`${mapping.name} ${key.join('/')} is not on the unit`)
    return row
  }

  /** The row this operation asked to have made. It stays only if the operation keeps it by calling this. */
  keepFresh<Row extends object>(mapping: TableMapping<Row>): Readonly<Row> {
    const row = this.#fresh.get(this.#current)?.get(mapping)
    if (!row) throw new Error(`${mapping.name}: no fresh row was asked for`)
    this.#kept.add(row)
    this.#undo.push(() => this.#kept.delete(row))
    return row as Row
  }

  /** Changes columns of a loaded row. */
  update<Row extends object>(mapping: TableMapping<Row>, row: Readonly<Row>, patch: Partial<Row>): void {
    const before: Partial<Row> = {}
    const columns = this.#listOf(this.#columns, mapping, () => new Set<string>())
    for (const column of Object.keys(patch) as (keyof Row & string)[]) {
      before[column] = row[column]
      columns.add(column)
    }
    const isNew = this.#added.get(mapping)?.has(row) ?? false
    const changed = this.#listOf(this.#changed, mapping, () => new Set<object>())
    const wasChanged = changed.has(row)
    Object.assign(row, patch)
    if (!isNew) changed.add(row)
    this.#undo.push(() => {
      Object.assign(row, before)
      if (!isNew && !wasChanged) changed.delete(row)
    })
  }

  /** Adds a row; under a full key it can be found by the operations that follow. */
  append<Row extends object>(mapping: TableMapping<Row>, row: Partial<Row>): void {
    const added = this.#listOf(this.#added, mapping, () => new Set<object>())
    added.add(row)
    const key = mapping.keyOf(row as Row)
    const name = key.includes(undefined as never) ? undefined : fileName(key)
    if (name !== undefined) this.#file(mapping).set(name, row)
    this.#undo.push(() => {
      added.delete(row)
      if (name !== undefined) this.#file(mapping).delete(name)
    })
  }

  /** Says something to the world once this batch is committed. */
  announce(...announcements: Announcement[]): void {
    const length = this.announcements.length
    this.announcements.push(...announcements)
    this.#undo.push(() => {
      this.announcements.length = length
    })
  }

  /** Runs one operation's decision; when it throws, everything it did here is undone. */
  deciding<Answer>(owner: unknown, decide: () => Answer): Answer {
    this.#undo = []
    this.#current = owner
    try {
      return decide()
    } catch (error) {
      for (const step of this.#undo.reverse()) step()
      throw error
    }
  }

  /** Loads and locks what the operations need: mappings by rank, keys ascending. */
  async load(tx: Transaction, needs: readonly { owner: unknown; need: Need }[]): Promise<void> {
    const mappings = [...new Set(needs.map(({ need }) => need.mapping))].sort((a, b) => a.rank - b.rank)
    for (const mapping of mappings) {
      const wanted = needs.filter(({ need }) => need.mapping === mapping)
      await this.#loadRows(tx, mapping, wanted)
      await this.#makeFresh(tx, mapping, wanted)
    }
  }

  /** True when there is anything to write. */
  get touched(): boolean {
    return this.#kept.size > 0 || anyRows(this.#added) || anyRows(this.#changed)
  }

  /** Writes what changed, in lock order, and drops fresh rows that nobody kept. */
  async save(tx: Transaction): Promise<void> {
    const byRank = (a: TableMapping, b: TableMapping) => a.rank - b.rank
    for (const mapping of [...this.#changed.keys()].sort(byRank)) {
      const rows = [...(this.#changed.get(mapping) ?? [])]
      if (rows.length > 0) await mapping.update(tx, rows, this.#columns.get(mapping) ?? new Set())
    }
    for (const mapping of [...this.#added.keys()].sort(byRank)) {
      const rows = [...(this.#added.get(mapping) ?? [])]
      if (rows.length > 0) await mapping.insert(tx, rows)
    }
    const unwanted = new Map<TableMapping, object[]>()
    for (const made of this.#fresh.values()) {
      for (const [mapping, row] of made) if (!this.#kept.has(row)) this.#listOf(unwanted, mapping, () => []).push(row)
    }
    for (const [mapping, rows] of unwanted) await mapping.remove(tx, rows)
  }

  async #loadRows(tx: Transaction, mapping: TableMapping, wanted: readonly { need: Need }[]): Promise<void> {
    const keys = new Map<string, Key>()
    for (const { need } of wanted) {
      if (!('keys' in need)) continue
      for (const key of typeof need.keys === 'function' ? need.keys(this) : need.keys) keys.set(fileName(key), key)
    }
    if (keys.size === 0) return
    const filed = this.#file(mapping)
    for (const row of await mapping.load(tx, [...keys.values()].sort(compareKeys)))
      filed.set(fileName(mapping.keyOf(row)), row)
  }

  async #makeFresh(
    tx: Transaction,
    mapping: TableMapping,
    wanted: readonly { owner: unknown; need: Need }[],
  ): Promise<void> {
    const asked = wanted.flatMap(({ owner, need }) => ('fresh' in need ? [{ owner, seed: need.fresh }] : []))
    if (asked.length === 0) return
    const made = await mapping.create(
      tx,
      asked.map(({ seed }) => seed),
    )
    for (const [index, row] of made.entries()) {
      this.#file(mapping).set(fileName(mapping.keyOf(row)), row)
      this.#listOf(this.#fresh, asked[index]?.owner, () => new Map<TableMapping, object>()).set(mapping, row)
    }
  }

  #file(mapping: TableMapping): Map<string, object> {
    return this.#listOf(this.#filed, mapping, () => new Map<string, object>())
  }

  #listOf<K, V>(lists: Map<K, V>, key: K, make: () => V): V {
    const list = lists.get(key) ?? make()
    lists.set(key, list)
    return list
  }
}

function anyRows(lists: Map<TableMapping, Set<object>>): boolean {
  for (const rows of lists.values()) if (rows.size > 0) return true
  return false
}

function compareKeys(a: Key, b: Key): number {
  for (let i = 0; i < a.length; i += 1) {
    const [left, right] = [a[i] ?? '', b[i] ?? '']
    if (left < right) return -1
    if (left > right) return 1
  }
  return 0
}
