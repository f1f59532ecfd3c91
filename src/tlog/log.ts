import { eq } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { isDuplicateKey } from '../db/errors.ts'
import { cached } from '../lib/cached.ts'
import type { Store } from '../storage/store.ts'
import type { Till } from '../till/till.ts'
import { signCheckpoint, type TreeHead } from './format/checkpoint.ts'
import { rootOfFrontier } from './format/frontier.ts'
import type { NoteSigner } from './format/notes.ts'
import { createPublisher } from './publish.ts'
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
  state(): Promise<LogState>
  /** The last state that this process has seen. */
  known(): LogState | undefined
  /** The latest checkpoint, signed. */
  checkpoint(): Promise<string>
  /**
   * Seals what there is, publishes it, and returns how many entries it sealed.
   * @throws {LogHalted} when what was published is no start of the log that the database has.
   */
  seal(): Promise<number>
  /**
   * Looks whether the database still has what was published, or `recent`: only what this process has seen before.
   * @throws {LogHalted} when it doesn't, or when the log was stopped before
   */
  check(what?: 'published' | 'recent'): Promise<void>
}

/** Nothing is sealed: somebody has to look first. */
export class LogHalted extends Error {
  override name = 'LogHalted'
}

const headAge_ms = 500

export function createLog(parts: {
  database: Database
  till: Till
  store: Store
  signer: NoteSigner
}): TransparencyLog {
  const { database, till, store, signer } = parts
  const tiles = createTiles(database, store, signer.keyId.toString('hex'))
  const publisher = createPublisher({ store, tiles, signer })
  let known: LogState | undefined
  const state = async () => {
    await requireHead(database)
    known = await readState(database)
    return known
  }
  const latest = cached(state, headAge_ms)
  const halt = async (): Promise<never> => {
    await till.run(haltLog, { why: 'contradicted' })
    throw new LogHalted('contradicted')
  }
  const requireRunning = ({ halted, verifierKey }: LogState) => {
    if (halted !== null) throw new LogHalted(halted)
    if ((verifierKey ?? signer.verifierKey) !== signer.verifierKey) throw new LogHalted('another key')
  }

  return {
    signer,
    tiles,
    state,
    known: () => known,
    async checkpoint() {
      return signCheckpoint(await latest.get(), signer)
    },
    async seal() {
      requireRunning(await state())
      let total = 0
      let sealed = sealedAtOnce
      while (sealed === sealedAtOnce) {
        ;({ sealed } = (await till.run(seal, { verifierKey: signer.verifierKey })).answer)
        total += sealed
      }
      if ((await publisher.publish(state)) === 'contradicted') return halt()
      return total
    },
    async check(what = 'published') {
      const before = known
      const now = await state()
      requireRunning(now)
      const isShorter = before !== undefined && before.verifierKey === now.verifierKey && before.size > now.size
      if (isShorter || (what === 'published' && !(await publisher.isContinued(state)))) await halt()
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
