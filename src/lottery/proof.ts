import { and, asc, desc, eq, inArray, lt } from 'drizzle-orm'
import { Refusal } from '../contract/refusals.ts'
import type { Database } from '../db/client.ts'
import { beginningLeaf, epochLeaf, leafId } from '../fairness/leaves.ts'
import { drawTurnsTable, fairEpochsTable, fairEpochTable, prizeStockStepsTable } from '../fairness/schema.ts'
import { stepIn } from '../fairness/stock-steps.ts'
import { drawsOf, type KeptTurn, leafOfTurn } from '../fairness/turns.ts'
import { findPlaces } from '../tlog/places.ts'
import type { Beginning, Proof, WheelDocument } from '../verifier/documents.ts'
import { publishedSeed } from './published-seeds.ts'
import { lotteryRecordsTable } from './schema.ts'
import type { Fairness } from './take-draw.ts'
import { documentOfVersion, readVersions } from './versions.ts'

const table = drawTurnsTable
/** A leaf is in the log about a second after its commit. */
const retryAfter_s = 2
const rowsAtOnce = 50

interface FoundDraw {
  userId: number
  drawId: string
  /** Whether a program older than the log drew it. */
  isOlder: boolean
}

/** A draw of anyone; undefined when there is no such draw. */
export async function findDraw({ orm }: Database, drawId: string): Promise<FoundDraw | undefined> {
  const records = lotteryRecordsTable
  const [found] = await orm
    .select({ userId: records.user_id, tookStock: records.took_stock })
    .from(records)
    .where(eq(records.draw_id, drawId))
    .limit(1)
  // Older programs left it null.
  return found && { userId: found.userId, drawId, isOlder: found.tookStock === null }
}

/**
 * Everything that proves a user's draw; null when it was drawn without a seed, or before the log.
 * @throws {Refusal} 3006 when its turns are gone; 3007 when it is not in the log yet
 */
export async function proofOf(
  database: Database,
  fairness: Fairness,
  { userId, drawId, isOlder }: FoundDraw,
): Promise<Proof | null> {
  const { log } = fairness
  const where = and(eq(table.user_id, userId), eq(table.draw_id, drawId))
  const turns = await database.orm.select().from(table).where(where).orderBy(asc(table.draw_no))
  const [first] = turns
  const [draw] = drawsOf(turns)
  if (!first && isOlder) return null
  if (!first || !draw) throw new Refusal(3006)
  const epoch = await readEpoch(database, fairness, first)
  if (!epoch && first.chain_id === null) return null
  if (!epoch) throw notInLog()
  const { earlier, beginning, wheels } = await readHistory(database, turns)
  const head = await log.published()
  if (!head) throw notInLog()
  const leaves = turns.map((turn) => leafOfTurn(turn).toHex())
  const placesOf = (at: Date, wanted: string[]) =>
    findPlaces(database, log.tiles, { at, leaves: wanted, size: head.size })
  const places = await placesOf(first.created_at, leaves)
  const [epoch_place] = (await placesOf(epoch.opened_at, [leafId(epochLeaf(epoch.opening))])) ?? []
  const steps = await readSteps(database, turns)
  const stocks = await Promise.all(
    steps.map(async ({ leaf, ...row }) => {
      const [place] = (await placesOf(row.created_at, [leaf])) ?? []
      return place ? [{ step: stepIn(row), place }] : []
    }),
  )
  if (!places || !epoch_place) throw notInLog()
  return {
    ...{ kind: 'proof', version: 1, origin: log.signer.name, key: log.signer.verifierKey },
    ...{ draw, places, epoch: epoch.opening, epoch_place, wheels, history: drawsOf(earlier), beginning },
    stocks: stocks.flat(),
    seed: epoch.seed,
    checkpoint: head.note,
  }
}

const notInLog = () => new Refusal(3007, { retry_after: retryAfter_s })

async function readEpoch({ orm }: Database, fairness: Fairness, { epoch, wheel_version }: KeptTurn) {
  const epochs = fairEpochsTable
  const where = and(eq(epochs.epoch, epoch), eq(epochs.wheel_version, wheel_version))
  const [[found], [open]] = await Promise.all([
    orm.select().from(epochs).where(where),
    orm.select({ epoch: fairEpochTable.epoch }).from(fairEpochTable),
  ])
  if (!found) return undefined
  const { opened_at, wheel_version: _version, seed: _seed, ...opening } = found
  return { opening, opened_at, seed: publishedSeed(found, open, fairness) }
}

/** The steps of prizes' stocks that these turns name. */
async function readSteps({ orm }: Database, turns: readonly KeptTurn[]) {
  const leaves = turns.flatMap(({ stock_leaf }) => stock_leaf ?? [])
  const steps = prizeStockStepsTable
  return leaves.length === 0 ? [] : orm.select().from(steps).where(inArray(steps.leaf, leaves))
}

/** The turns before a draw, back to the last guaranteed prize or to the first, and the wheels of all of them. */
async function readHistory(database: Database, turns: readonly KeptTurn[]) {
  const known = new Map<number, WheelDocument>()
  const learn = async (rows: readonly KeptTurn[]) => {
    const unknown = [...new Set(rows.map(({ wheel_version }) => wheel_version))].filter((number) => !known.has(number))
    for (const version of await readVersions(database, unknown)) known.set(version.version, documentOfVersion(version))
  }
  await learn(turns)
  const [first] = turns as [KeptTurn, ...KeptTurn[]]
  const earlier: KeptTurn[] = []
  for (let isComplete = false; !isComplete; ) {
    const oldest = earlier[0] ?? first
    const where = and(eq(table.user_id, first.user_id), lt(table.draw_no, oldest.draw_no))
    const rows = await database.orm.select().from(table).where(where).orderBy(desc(table.draw_no)).limit(rowsAtOnce)
    await learn(rows)
    const at = rows.findIndex((row) => known.get(row.wheel_version)?.pity_prize_id === row.prize_id)
    earlier.unshift(...rows.slice(0, at === -1 ? undefined : at + 1).reverse())
    isComplete = at !== -1 || rows.length < rowsAtOnce
  }
  const used = new Set([...earlier, ...turns].map(({ wheel_version }) => wheel_version))
  const wheels = [...known.values()].filter(({ version }) => used.has(version))
  return { earlier, wheels, beginning: beginningOf(earlier[0] ?? first) }
}

/** What the log says of an account before its first turn in the log; null where that turn is not the oldest here. */
function beginningOf({ user_id, draw_no, pity_before, previous_leaf }: KeptTurn): Beginning | null {
  const beginning = { user_id, draw_no: draw_no - 1, pity_count: pity_before }
  return previous_leaf === leafId(beginningLeaf(beginning)) ? beginning : null
}
