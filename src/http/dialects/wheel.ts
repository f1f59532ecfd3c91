import { probabilityOf, withoutNoise } from './percent.ts'
import { type Fields, isFields } from './requests.ts'

interface NamedPrize {
  prize_id: number
  angle: number
  prize_name: string
  prize_type: string
}

/** The wheel as editors see it. */
export interface ShownWheel {
  version: number
  prizes: readonly NamedPrize[]
}

/** The default wheel, with its pity prize. */
export interface DefaultWheel {
  prizes: readonly (NamedPrize & { probability: number })[]
  pity_prize_id: number
}

/**
 * A request to replace the wheel. `basis` is the version that missing fields came from; undefined if none were missing.
 */
export interface CompletedWheel {
  body: unknown
  basis: number | undefined
}

/** The fields of a prize that a replacement sets. Its other fields stay as they are. */
const replaced = ['prize_name', 'prize_type', 'prize_value', 'angle', 'color', 'is_activity'] as const

/**
 * Completes an editor's prizes, which are named by `id` or `prize_id` and have their odds in percent. Missing fields
 * come from the present wheel.
 * @param isShownShares true for an editor that is shown probabilities. It may send them back unchanged; then they sum
 * to 1
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

/** An invalid percentage becomes a text that validation is sure to refuse as a probability. */
function exactProbability(percent: unknown): string {
  return probabilityOf(withoutNoise(percent)) ?? `${String(percent)}%`
}

/**
 * The default wheel as the body of a replacement. Each prize takes the row with its id, or, when some id is missing,
 * the row at its angle. A row's stock stays if it held the same prize.
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
