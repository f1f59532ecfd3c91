import type { Key, TableMapping } from './table-mapping.ts'

/** A row of a batch, by its key; undefined when the table has none. Who named or made it may see it. */
interface Place {
  row: object | undefined
  seenBy: unknown[]
}

/** What finds a key in a map. */
export type Name = string | number

/** What a batch holds of one table. */
export class HeldRows {
  readonly mapping: TableMapping
  readonly added = new Set<object>()
  readonly changed = new Set<object>()
  /** The columns that were changed. */
  readonly columns = new Set<string>()
  /** The new row that each operation asked for. */
  readonly fresh = new Map<unknown, object>()
  #places = new Map<Name, Place>()

  constructor(mapping: TableMapping) {
    this.mapping = mapping
  }

  /** The operation names this key, and may see its row from now on. */
  name(key: Key, operation: unknown): Name {
    const name = nameOf(key)
    const { seenBy } = this.#placeOf(name)
    if (!seenBy.includes(operation)) seenBy.push(operation)
    return name
  }

  hold(row: object, key = this.mapping.keyOf(row)): void {
    this.#placeOf(nameOf(key)).row = row
  }

  drop(key: Key): void {
    this.#placeOf(nameOf(key)).row = undefined
  }

  /** @throws for a row that the operation did not name */
  find(key: Key, operation: unknown): object | undefined {
    const place = this.#places.get(nameOf(key))
    if (!place?.seenBy.includes(operation)) {
      throw new Error(`${this.mapping.name} ${key.join('/')} was not named by this operation`)
    }
    return place.row
  }

  /** True when it is this very row that is held, and no copy. */
  holds(row: object): boolean {
    return this.#places.get(nameOf(this.mapping.keyOf(row)))?.row === row
  }

  #placeOf(name: Name): Place {
    const found = this.#places.get(name)
    if (found) return found
    const made: Place = { row: undefined, seenBy: [] }
    this.#places.set(name, made)
    return made
  }
}

function nameOf(key: Key): Name {
  return key.length === 1 ? (key[0] as Name) : key.join('\u0000')
}
