import type { Store } from '../storage/store.ts'
import { openCheckpoint, signCheckpoint, type TreeHead } from './format/checkpoint.ts'
import type { NoteSigner } from './format/notes.ts'
import { tileIn, tileWidth } from './format/tiles.ts'
import type { Tiles } from './tiles.ts'

/** What became of publishing a tree head. `contradicted`: what was published before is no start of this log. */
export type Published = 'published' | 'contradicted'

/** Reads the head of the log. It is called once it is known what was published before: the log never was shorter. */
type ReadHead = () => Promise<TreeHead>

/** Puts full tiles and the checkpoint into the store. */
export interface Publisher {
  publish(readHead: ReadHead): Promise<Published>
  /** Whether what was published is the start of a log. */
  isContinued(readHead: ReadHead): Promise<boolean>
}

export function createPublisher(parts: { store: Store; tiles: Tiles; signer: NoteSigner }): Publisher {
  const { store, tiles, signer } = parts
  const key = `tlog/${signer.keyId.toString('hex')}-checkpoint.note`
  /** What the store says; a checkpoint that can't be read counts as longer than any log. */
  const find = async (): Promise<TreeHead> => {
    const note = await store.get(key)
    if (!note) return { size: 0, root: new Uint8Array() }
    return (
      openCheckpoint(new TextDecoder().decode(note), signer) ?? { size: Number.MAX_SAFE_INTEGER, root: signer.keyId }
    )
  }
  /** Both roots are of the same tiles, so the larger tree begins with the smaller one. */
  const isStart = async (before: TreeHead, head: TreeHead) => {
    if (before.size > head.size) return false
    if (before.size === head.size && before.size > 0) return Buffer.from(before.root).equals(Buffer.from(head.root))
    const isRootOf = async ({ size, root }: TreeHead) =>
      size === 0 || Buffer.from(await tiles.spanHash({ from: 0, to: size }, head.size)).equals(Buffer.from(root))
    try {
      return (await isRootOf(before)) && (await isRootOf(head))
    } catch (error) {
      // Entries that were sealed are not there any more.
      if (error instanceof RangeError) return false
      throw error
    }
  }

  return {
    async publish(readHead) {
      const before = await find()
      const head = await readHead()
      if (!(await isStart(before, head))) return 'contradicted'
      if (before.size === head.size) return 'published'
      await keepTiles(tiles, before.size, head.size)
      await store.put(key, new TextEncoder().encode(signCheckpoint(head, signer)))
      return 'published'
    },
    async isContinued(readHead) {
      const before = await find()
      return isStart(before, await readHead())
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
