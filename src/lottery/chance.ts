import { Refusal } from '../contract/refusals.ts'
import type { SeedChain } from '../fairness/chain.ts'
import { beginningLeaf, leafId } from '../fairness/leaves.ts'
import { receiptOf } from '../fairness/receipt.ts'
import { rollOf } from '../fairness/rolls.ts'
import { drawTurns } from '../fairness/schema.ts'
import { drawsOf, type KeptTurn, leafOfTurn } from '../fairness/turns.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import type { NoteSigner } from '../tlog/format/notes.ts'
import { sha256 } from '../tlog/format/tree.ts'
import type { Receipt } from '../verifier/documents.ts'
import type { Pity } from './pity.ts'
import { lotteryPity } from './schema.ts'
import { hashOfWheel } from './wheel-document.ts'
import type { HeldEpoch, ReadyWheel } from './wheel-mapping.ts'

/** What a draw that anyone can check needs. */
export interface FairDraw {
  chain: SeedChain
  signer: NoteSigner
  /** Signs the receipts of a batch. */
  sign: (receipts: Receipt[]) => void
  clientSeed: ClientSeed
  /** The last checkpoint that this process knows. */
  checkpoint: Receipt['checkpoint']
}

/** The diner's part in the chance. */
export interface ClientSeed {
  text: string
  source: 'field' | 'key' | 'none'
}

/** What a request brings to its draw's chance. */
export interface ChanceInput {
  userId: number
  drawId: string
  /** One uniform integer in [0, 10000) for each turn. They decide where no seed does. */
  rolls: readonly number[]
  /** Left out where no seed is configured. */
  fair?: FairDraw | undefined
}

/** What decides the rolls of a draw: an epoch's seed, or the numbers that came with the request. */
export interface Chance {
  /** Null when no seed decides, and nothing can be proven. */
  fair: (FairDraw & { epoch: HeldEpoch; seed: Buffer }) | null
  wheelHash: string
}

/** The epoch that should be open by now, with the wheel in force, is not: open it, then run the draw again. */
export class EpochIsDue extends Refusal<9007> {
  constructor() {
    super(9007)
  }
}

/** @throws {EpochIsDue} when this draw could be proven, but for an epoch that is not open */
export function chanceOf({ wheel, rules, epoch }: ReadyWheel, { fair }: ChanceInput): Chance {
  const wheelHash = hashOfWheel(wheel, rules)
  if (!fair) return { fair: null, wheelHash }
  if (!epoch || epoch.isDue || epoch.wheel_hash !== wheelHash) throw new EpochIsDue()
  if (epoch.chain_id !== fair.chain.id) return { fair: null, wheelHash }
  return { fair: { ...fair, epoch, seed: fair.chain.seedOf(epoch.epoch) }, wheelHash }
}

/** The roll of a turn. */
export function rollFor({ fair }: Chance, input: ChanceInput, drawNo: number, index: number): number {
  if (!fair) return input.rolls[index] ?? 0
  const { seed, epoch, clientSeed } = fair
  return rollOf({ seed, epoch: epoch.epoch, userId: input.userId, drawNo, clientSeed: clientSeed.text })
}

/** What a turn came to. */
export type TurnFacts = Pick<
  KeptTurn,
  | 'pity_before'
  | 'roll'
  | 'prize_id'
  | 'fell_through'
  | 'is_near_miss'
  | 'points_awarded'
  | 'stock_before'
  | 'stock_leaf'
>

/**
 * Writes down what the log says of a draw's turns, each with the leaf before it. Returns the receipt; null when nothing
 * can be proven.
 */
export function keepTurns(
  unit: UnitOfWork,
  input: ChanceInput,
  { pity, chance, wheelVersion }: { pity: Readonly<Pity>; chance: Chance; wheelVersion: number },
  turns: readonly TurnFacts[],
): Receipt | null {
  const { fair } = chance
  let previous_leaf = pity.last_leaf ?? beginning(unit, pity)
  const kept = turns.map((turn, index) => {
    const row: KeptTurn = {
      ...turn,
      user_id: input.userId,
      draw_no: pity.draw_no + index + 1,
      draw_id: input.drawId,
      epoch: fair?.epoch.epoch ?? 0,
      chain_id: fair?.chain.id ?? null,
      wheel_version: wheelVersion,
      wheel_hash: chance.wheelHash,
      client_seed: fair?.clientSeed.text ?? '',
      client_seed_source: fair?.clientSeed.source ?? 'none',
      previous_leaf,
      created_at: unit.now,
    }
    unit.append(drawTurns, row)
    previous_leaf = leafOfTurn(row).toHex()
    return row
  })
  unit.update(lotteryPity, pity, { draw_no: pity.draw_no + turns.length, last_leaf: previous_leaf })
  const [draw] = drawsOf(kept)
  if (!fair || !draw) return null
  const leaves = kept.map((row) => leafOfTurn(row).toHex())
  const commitment = fair.chain.commitmentOf(fair.epoch.epoch)
  const receipt = receiptOf(draw, leaves, { commitment, checkpoint: fair.checkpoint, signer: fair.signer })
  unit.together(fair.sign, receipt)
  return receipt
}

/** An account that drew before the log began: the log says where it stands. Returns that leaf; null for a new account. */
function beginning(unit: UnitOfWork, { user_id, draw_no, current_count }: Readonly<Pity>): string | null {
  if (draw_no === 0 && current_count === 0) return null
  const bytes = beginningLeaf({ user_id, draw_no, pity_count: current_count })
  unit.log({ label: `beginning ${user_id}`, hash: sha256(bytes) })
  return leafId(bytes)
}
