import { Refusal } from '../../contract/refusals.ts'
import type { ChangedPrize } from '../../lottery/announced-wheel.ts'
import type { WheelBody } from './wire.ts'

type Wanted = WheelBody['prizes'][number]

/** Finds a row for each wanted prize: the row with its id, else the row at its angle, else any free row. */
export function matched(
  present: readonly Pick<ChangedPrize, 'prize_id' | 'angle'>[],
  { prizes }: WheelBody,
): Map<number, Wanted> {
  const free = new Map(present.map((prize) => [prize.prize_id, prize]))
  const matches = new Map<number, Wanted>()
  const take = (wanted: Wanted, row: { prize_id: number } | undefined) => {
    if (!row) return
    free.delete(row.prize_id)
    matches.set(row.prize_id, wanted)
  }
  const named = prizes.filter(({ prize_id }) => prize_id !== undefined)
  for (const wanted of named) {
    const row = free.get(wanted.prize_id ?? 0)
    if (!row) throw wrongField('prizes.prize_id', '奖品不在转盘上或重复')
    take(wanted, row)
  }
  const nameless = prizes.filter(({ prize_id }) => prize_id === undefined)
  for (const wanted of nameless)
    take(
      wanted,
      [...free.values()].find(({ angle }) => angle === wanted.angle),
    )
  const taken = new Set(matches.values())
  for (const wanted of nameless) if (!taken.has(wanted)) take(wanted, free.values().next().value)
  if (matches.size !== prizes.length) throw wrongField('prizes', '转盘应有八个奖品')
  return matches
}

export function wrongField(path: string, message: string): Refusal {
  return new Refusal(6010, { issues: [{ path, message }] })
}
