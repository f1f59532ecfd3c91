import { eq } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { isDuplicateKey } from '../db/errors.ts'
import { cached } from '../lib/cached.ts'
import type { Store } from '../storage/store.ts'
import type { Till } from '../till/till.ts'
import { signCheckpoint, type TreeHead } from './format/checkpoint.ts'
import { rootOfFrontier } from './format/frontier.ts'
import type { NoteSigner } from './format/notes.ts'
import { rootOf } from './format/tree.ts'
import { Contradiction, createPublisher, type PublishedHead } from './publish.ts'
import { logHaltsTable, logHeadTable, onlyLog } from './schema.ts'
import { frontierOf, haltLog, seal, sealedAtOnce } from './seal.ts'
import { createTiles, type Tiles } from './tiles.ts'

/** The log as it is sealed now. */
export interface LogState extends TreeHead {
  verifierKey: string | null
  /** Why nothing is sealed and nobody draws. */
  halted: string | null
}

/** The log of this service, as far as it has a key for it. */
export interface TransparencyLog {
  readonly signer: NoteSigner
  readonly tiles: Tiles
  /** The log as the database has it, published or not. */
  state(): Promise<LogState>
  /** What is published of the log now; undefined before the first checkpoint. */
  published(): Promise<PublishedHead | undefined>
  /** What this process has last seen published. */
  known(): TreeHead | undefined
  /** The latest checkpoint, signed. */
  checkpoint(): Promise<string>
  /**
   * Seals what there is, publishes it, and returns how many entries it sealed.
   * @throws {LogHalted} when what was published is no start of the log that the database has.
   */
  seal(): Promise<number>
  /**
   * Looks whether the database still has what was published.
   * @throws {LogHalted} when it doesn't, or when the log was stopped before
   */
  check(): Promise<void>
  /** Whether there is something to seal. */
  isBehind(): Promise<boolean>
}

/** Nothing is sealed: somebody has to look first. */
export class LogHalted extends Error {
  override name = 'LogHalted'
}

const shownAge_ms = 500
/** After so many commits what they sealed is published, though more is waiting: it may never be less. */
const commitsAPublication = 5
const emptyHead: TreeHead = { size: 0, root: rootOf([]) }

export function createLog(parts: {
  database: Database
  till: Till
  store: Store
  signer: NoteSigner
}): TransparencyLog {
  const { database, till, store, signer } = parts
  const tiles = createTiles(database, store, signer.keyId.toString('hex'))
  const publisher = createPublisher({ store, tiles, signer })
  let known: PublishedHead | undefined
  const state = async () => {
    await requireHead(database)
    return readState(database)
  }
  const shown = cached(async () => (await publisher.latest())?.note ?? signCheckpoint(emptyHead, signer), shownAge_ms)
  const requireRunning = ({ halted, verifierKey }: LogState) => {
    if (halted !== null) throw new LogHalted(halted)
    if ((verifierKey ?? signer.verifierKey) !== signer.verifierKey) throw new LogHalted('another key')
  }
  /** Learns what is published. Where that contradicts the database, everything stops, for every replica. */
  const learn = async (published: Promise<PublishedHead | undefined>) => {
    try {
      known = await published
    } catch (error) {
      if (!(error instanceof Contradiction)) throw error
      await till.run(haltLog, { why: 'contradicted', verifierKey: signer.verifierKey })
      throw new LogHalted('contradicted', { cause: error })
    }
  }

  return {
    signer,
    tiles,
    state,
    published: publisher.latest,
    known: () => known,
    checkpoint: () => shown.get(),
    async seal() {
      requireRunning(await state())
      let total = 0
      let sealed = sealedAtOnce
      while (sealed === sealedAtOnce) {
        for (let commits = 0; commits < commitsAPublication && sealed === sealedAtOnce; commits += 1) {
          ;({ sealed } = (await till.run(seal, { verifierKey: signer.verifierKey })).answer)
          total += sealed
        }
        await learn(publisher.publish(state))
      }
      return total
    },
    async check() {
      requireRunning(await state())
      await learn(publisher.check(state))
    },
    async isBehind() {
      const waiting = await database.query('SELECT 1 FROM log_entries WHERE log_index IS NULL LIMIT 1')
      return waiting.length > 0
    },
  }
}

async function readState({ orm }: Database): Promise<LogState> {
  const [[row], [halt]] = await Promise.all([
    orm.select().from(logHeadTable).where(eq(logHeadTable.log_id, onlyLog)),
    orm.select().from(logHaltsTable).where(eq(logHaltsTable.log_id, onlyLog)),
  ])
  if (!row) throw new Error('the log has no head')
  const frontier = frontierOf(row)
  return { size: row.size, root: rootOfFrontier(frontier), verifierKey: row.verifier_key, halted: halt?.why ?? null }
}

/** Makes the head of a log that has none. */
async function requireHead({ orm }: Database): Promise<void> {
  const found = await orm.select({ id: logHeadTable.log_id }).from(logHeadTable)
  if (found.length > 0) return
  await orm
    .insert(logHeadTable)
    .values({ log_id: onlyLog, size: 0, frontier: Buffer.alloc(0), updated_at: new Date() })
    .catch((error) => {
      if (!isDuplicateKey(error)) throw error
    })
}
