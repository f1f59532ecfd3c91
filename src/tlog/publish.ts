import type { Store } from '../storage/store.ts'
import { openCheckpoint, signCheckpoint, type TreeHead } from './format/checkpoint.ts'
import type { NoteSigner } from './format/notes.ts'
import { tileIn, tileWidth } from './format/tiles.ts'
import type { Tiles } from './tiles.ts'

/** Reads the head of the log. It is called once it is known what was published before: the log never was shorter. */
type ReadHead = () => Promise<TreeHead>

/** A checkpoint as it was signed for everybody. */
export interface PublishedHead extends TreeHead {
  note: string
}

/** What was published is no start of the log that the database has. */
export class Contradiction extends Error {
  override name = 'Contradiction'
}

/** Puts full tiles and the checkpoint into the store. */
export interface Publisher {
  /** The checkpoint that was published last; undefined before the first. */
  latest(): Promise<PublishedHead | undefined>
  /**
   * Holds what was published against the log, and returns it.
   * @throws {Contradiction}
   */
  check(readHead: ReadHead): Promise<PublishedHead | undefined>
  /**
   * The same, and publishes how the log has grown since.
   * @throws {Contradiction}
   */
  publish(readHead: ReadHead): Promise<PublishedHead | undefined>
}

export function createPublisher(parts: { store: Store; tiles: Tiles; signer: NoteSigner }): Publisher {
  const { store, tiles, signer } = parts
  const key = `tlog/${signer.keyId.toString('hex')}-checkpoint.note`
  const latest = async () => {
    const bytes = await store.get(key)
    if (!bytes) return undefined
    const note = new TextDecoder().decode(bytes)
    const head = openCheckpoint(note, signer)
    if (!head) throw new Contradiction('the checkpoint in the store is not one that this key signed')
    return { ...head, note }
  }
  /** Both roots are of the same tiles, so the larger tree begins with the smaller one. */
  const isStart = async (before: TreeHead, head: TreeHead) => {
    if (before.size > head.size) return false
    const isRootOf = async ({ size, root }: TreeHead) =>
      Buffer.from(await tiles.spanHash({ from: 0, to: size }, head.size)).equals(Buffer.from(root))
    try {
      return (await isRootOf(before)) && (await isRootOf(head))
    } catch (error) {
      // Entries that were sealed are not there any more.
      if (error instanceof RangeError) return false
      throw error
    }
  }

  const compare = async (readHead: ReadHead) => {
    const before = await latest()
    const head = await readHead()
    if (before && !(await isStart(before, head))) throw new Contradiction('the log does not begin as it was published')
    return { before, head }
  }

  return {
    latest,
    check: async (readHead) => (await compare(readHead)).before,
    async publish(readHead) {
      const { before, head } = await compare(readHead)
      const from = before?.size ?? 0
      if (from === head.size) return before
      await keepTiles(tiles, from, head.size)
      const note = signCheckpoint(head, signer)
      await store.put(key, new TextEncoder().encode(note))
      return { ...head, note }
    },
  }
}

/** Keeps the tiles that became full while the log grew. */
async function keepTiles(tiles: Tiles, from: number, to: number): Promise<void> {
  for (let level = 0; to >= tileWidth ** (level + 1); level += 1) {
    const width = tileWidth ** (level + 1)
    for (let index = Math.floor(from / width); index < Math.floor(to / width); index += 1) {
      const tile = tileIn(to, level, index)
      if (!tile) continue
      await tiles.keep(tile)
      if (level === 0) await tiles.keep({ ...tile, level: 'entries' })
    }
  }
}
