import { probabilityOf, withoutNoise } from './percent.ts'
import { type Fields, isFields } from './requests.ts'

interface NamedPrize {
  prize_id: number
  angle: number
  prize_name: string
  prize_type: string
}

/** The wheel as its editors see it. */
export interface ShownWheel {
  version: number
  prizes: readonly NamedPrize[]
}

/** The wheel of an empty installation, with its guaranteed prize. */
export interface DefaultWheel {
  prizes: readonly (NamedPrize & { probability: number })[]
  pity_prize_id: number
}

/** A request for the wheel's replacement, and which version of the wheel it was completed from, if it was not whole. */
export interface CompletedWheel {
  body: unknown
  basis: number | undefined
}

/** What a replacement of the wheel says of a prize; what else there is of it stays. */
const replaced = ['prize_name', 'prize_type', 'prize_value', 'angle', 'color', 'is_activity'] as const

/**
 * An editor's prizes by `id` or `prize_id`, in percent: what they leave out is as on the present wheel.
 * @param isShownShares whether this editor is shown shares: then it may send them back as they were, which sum to 1
 */
export function completedWheel(body: unknown, present: ShownWheel, isShownShares: boolean): CompletedWheel {
  if (!isFields(body) || !Array.isArray(body.prizes)) return { body, basis: undefined }
  const known = new Map<unknown, Fields>(present.prizes.map((prize) => [prize.prize_id, { ...prize }]))
  const isInShares = isShownShares && sumOf(body.prizes) === 1
  const prizes = body.prizes.map((item: unknown) => (isFields(item) ? completedPrize(item, known, isInShares) : item))
  return { body: { ...body, prizes }, basis: body.prizes.every(isWhole) ? undefined : present.version }
}

function isWhole(item: unknown): boolean {
  return isFields(item) && [...replaced, 'probability'].every((field) => field in item)
}

function sumOf(prizes: readonly unknown[]): unknown {
  const sum = prizes.reduce<number>((all, item) => all + (isFields(item) ? Number(item.probability) : Number.NaN), 0)
  return withoutNoise(sum)
}

function completedPrize(item: Fields, known: ReadonlyMap<unknown, Fields>, isInShares: boolean): Fields {
  const prize_id = item.prize_id ?? item.id
  const present = known.get(prize_id) ?? {}
  const kept = Object.fromEntries(replaced.filter((field) => field in present).map((field) => [field, present[field]]))
  const exact = isInShares ? item.probability : exactProbability(item.probability)
  const probability = 'probability' in item ? exact : present.probability
  return { ...kept, ...item, prize_id, probability }
}

/** What is no percentage stays none: written so that no validation takes it for a probability. */
function exactProbability(percent: unknown): string {
  return probabilityOf(withoutNoise(percent)) ?? `${String(percent)}%`
}

/**
 * The default wheel in the words of a replacement: each prize in the row it had, or in the one at its angle. What is left
 * of a prize stays, unless it was of another one.
 */
export function resetWheel(wheel: DefaultWheel, { prizes: present }: ShownWheel): unknown {
  const rows = new Map(present.map((prize) => [prize.prize_id, prize]))
  const hasItsRows = wheel.prizes.every(({ prize_id }) => rows.has(prize_id))
  const rowOf = ({ prize_id, angle }: NamedPrize) =>
    hasItsRows ? rows.get(prize_id) : present.find((prize) => prize.angle === angle)
  const prizes = wheel.prizes.map((prize) => {
    const row = rowOf(prize)
    const isSame = row?.prize_name === prize.prize_name && row.prize_type === prize.prize_type
    return { ...prize, prize_id: row?.prize_id, ...(isSame ? {} : { stock_remaining: null }) }
  })
  const pity = wheel.prizes.find(({ prize_id }) => prize_id === wheel.pity_prize_id)
  return { prizes, pity_prize_id: pity && rowOf(pity)?.prize_id }
}
