import { Refusal } from '../contract/refusals.ts'
import type { SeedChain } from '../fairness/chain.ts'
import { chainLeaf, epochLeaf } from '../fairness/leaves.ts'
import { fairChains, fairEpoch, fairEpochs, type fairEpochTable, theEpoch } from '../fairness/schema.ts'
import { type Calendar, day_ms } from '../lib/calendar.ts'
import type { Operation } from '../till/operation.ts'
import { type Finder, rows } from '../till/table-mapping.ts'
import type { Till } from '../till/till.ts'
import type { UnitOfWork } from '../till/unit-of-work.ts'
import { sha256 } from '../tlog/format/tree.ts'
import type { WheelLimits } from './announced-wheel.ts'
import { EpochIsDue } from './chance.ts'
import { wheelNeeds } from './change-wheel.ts'
import { onlyWheel } from './schema.ts'
import { isOpen } from './wheel.ts'
import { documentOf, hashOfWheel } from './wheel-document.ts'
import { wheelInForce } from './wheel-in-force.ts'
import { committedWheel, type HeldWheel } from './wheel-mapping.ts'
import { withWheelInForce } from './with-wheel.ts'
import { hashOfWritten, writtenNeeds } from './written-wheel.ts'

export interface EpochOpening {
  calendar: Calendar
  chain: SeedChain
  /** The chain before: an epoch of it that is open goes on. */
  previous: SeedChain | undefined
  limits: WheelLimits
  /** How many days a new chain is in the log before it draws. */
  chainWaits_days: number
}

type OpenRow = Readonly<typeof fairEpochTable.$inferSelect>

/** The epoch of a business day. */
function epochOf(day: string): number {
  return Date.parse(day) / day_ms
}

/** The business day by the database's clock, or the later one that is open already. */
function dayToOpen(row: OpenRow | undefined, { at }: Readonly<HeldWheel>, calendar: Calendar): string {
  const today = calendar.dayOf(at)
  return row && row.business_day > today ? row.business_day : today
}

/**
 * Opens the epoch of today, by the database's clock, and never goes back. Its commitment is in the log before its first
 * draw. When the wheel in force is another one than the epoch began with, it is opened anew with that.
 */
export const openEpoch: Operation<EpochOpening, { opened: boolean }> = {
  name: 'open_epoch',
  laneKey: () => 'wheel',
  needs: ({ chain, calendar }) => [
    ...wheelNeeds(),
    rows(fairEpoch, theEpoch),
    rows(fairChains, chain.id),
    { mapping: fairEpochs, keys: (unit) => openingKeys(unit, calendar) },
    ...writtenNeeds(),
  ],
  decide(unit, opening) {
    const held = wheelInForce(unit)
    const { wheel, rules } = held
    if (!isOpen(wheel)) return { opened: false }
    const row = unit.find(fairEpoch, [theEpoch])
    const day = dayToOpen(row, held, opening.calendar)
    const next_at = opening.calendar.startOf(opening.calendar.plusDays(day, 1))
    const wheel_hash = hashOfWheel(wheel, rules)
    const isSameDay = row?.business_day === day
    const epoch = epochOf(day)
    const firstOfChain = announce(unit, opening, epoch)
    if (isSameDay && row.wheel_hash === wheel_hash) {
      // Another time zone ends the day later than it was to end.
      if (row.next_at <= held.at) unit.update(fairEpoch, row, { next_at })
      return { opened: false }
    }
    // Somebody changed the wheel by hand when it is another one under the same version, or not what its version wrote down.
    const isAnotherUnderItsVersion = row?.wheel_version === wheel.version && row?.wheel_hash !== wheel_hash
    if (isAnotherUnderItsVersion || hashOfWritten(unit) !== wheel_hash) throw new Refusal(3001)
    const isChainsTurn = epoch >= firstOfChain && epoch <= opening.chain.lastEpoch
    const chain = isSameDay ? chainNamed(row.chain_id, opening) : isChainsTurn ? opening.chain : undefined
    const next = {
      ...{
        epoch,
        business_day: day,
        chain_id: chain?.id ?? null,
        wheel_version: wheel.version,
        wheel_hash,
        opened_at: unit.now,
      },
      next_at,
    }
    if (row) unit.update(fairEpoch, row, next)
    else unit.append(fairEpoch, { epoch_id: theEpoch, ...next })
    if (chain) commit(unit, chain, { epoch, wheel_version: wheel.version, wheel_hash })
    return { opened: true }
  },
}

/** The opening that comes next, which is there already when somebody set the row of the open epoch back by hand. */
function openingKeys(unit: Finder, calendar: Calendar): [number, number][] {
  const held = unit.find(committedWheel, [onlyWheel])
  if (!held) return []
  return [[epochOf(dayToOpen(unit.find(fairEpoch, [theEpoch]), held, calendar)), held.wheel.version]]
}

/** Nobody commits to a seed that they don't have: without its chain, the rest of an open epoch is not proven. */
function chainNamed(id: string | null, { chain, previous }: EpochOpening): SeedChain | undefined {
  return [chain, previous].find((one) => one?.id === id)
}

/** Puts a new chain into the log. Returns the first epoch that the chain draws in. */
function announce(unit: UnitOfWork, { chain, chainWaits_days }: EpochOpening, epoch: number): number {
  const known = unit.find(fairChains, [chain.id])
  if (known) return known.first_epoch
  const first_epoch = epoch + chainWaits_days
  unit.append(fairChains, { chain_id: chain.id, first_epoch, announced_at: unit.now })
  const commitment = chain.commitmentOf(Math.min(first_epoch, chain.lastEpoch))
  unit.log({
    // The row has no commitment. With it, whoever has the row can tell whether the leaf is the row's.
    label: `chain ${chain.id} ${commitment}`,
    hash: sha256(chainLeaf({ chain_id: chain.id, epoch: first_epoch, commitment })),
  })
  return first_epoch
}

/** Puts the epoch's commitment and rules into the log. */
function commit(
  unit: UnitOfWork,
  chain: SeedChain,
  { epoch, wheel_version, wheel_hash }: { epoch: number; wheel_version: number; wheel_hash: string },
): void {
  const { wheel, rules } = wheelInForce(unit)
  const { pity_limit, daily_limit, cost_points, near_miss_width } = documentOf(wheel, rules)
  const commitment = chain.commitmentOf(epoch)
  const limits = { pity_limit, daily_limit, cost_points, near_miss_width }
  const opening = { chain_id: chain.id, epoch, commitment, wheel_hash, ...limits }
  const known = unit.find(fairEpochs, [epoch, wheel_version])
  if (known?.wheel_hash === wheel_hash && known.commitment === commitment) return
  if (known) throw new Refusal(3001)
  unit.append(fairEpochs, { ...opening, wheel_version, opened_at: unit.now, seed: null })
  unit.log({ label: `epoch ${epoch}`, hash: sha256(epochLeaf(opening)) })
}

const mostTries = 3

/** Runs a draw. Where its epoch is not open yet, it is opened first, and so is the wheel that is due. */
export async function withEpochOpen<T>(
  till: Till,
  opening: EpochOpening | undefined,
  run: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof EpochIsDue) || opening === undefined || tries === mostTries) throw error
      await withWheelInForce(till, opening.limits, () => till.run(openEpoch, opening))
    }
  }
}
