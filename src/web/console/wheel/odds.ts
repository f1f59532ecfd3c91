import { oddsSum } from '../../../lottery/wheel.ts'

/** Odds in ten-thousandths: whole numbers that sum to {@link oddsSum}. Whatever is done here keeps them so. */
export type AllOdds = readonly number[]

/** Moves the boundary after a prize: what it gets more, the next one gets less. */
export function moveBoundary(odds: AllOdds, index: number, by: number): AllOdds {
  const [own, next] = [odds[index] ?? 0, odds[index + 1] ?? 0]
  const moved = Math.max(-own, Math.min(next, Math.round(by)))
  return odds.map((each, at) => (at === index ? own + moved : at === index + 1 ? next - moved : each))
}

/** The most that a prize can have while the locked ones keep theirs. */
export function mostFor(odds: AllOdds, index: number, locked: ReadonlySet<number>): number {
  return oddsSum - odds.reduce((sum, each, at) => (at !== index && locked.has(at) ? sum + each : sum), 0)
}

/** Gives a prize its odds. The others that are not locked share what is left, in the shares that they had. */
export function giveOdds(odds: AllOdds, index: number, wanted: number, locked: ReadonlySet<number>): AllOdds {
  const sharing = odds.flatMap((_, at) => (at === index || locked.has(at) ? [] : [at]))
  if (sharing.length === 0) return odds
  const most = mostFor(odds, index, locked)
  const given = Math.max(0, Math.min(most, Math.round(wanted)))
  const parts = inShares(
    most - given,
    sharing.map((at) => odds[at] ?? 0),
  )
  return odds.map((each, at) => (at === index ? given : (parts[sharing.indexOf(at)] ?? each)))
}

/** Parts a whole number by weights into whole numbers. The largest remainders get what rounding leaves over. */
function inShares(whole: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0)
  const exact = weights.map((weight) => (sum === 0 ? whole / weights.length : (whole * weight) / sum))
  const parts = exact.map(Math.floor)
  const left = whole - parts.reduce((all, part) => all + part, 0)
  const remainderOf = (at: number) => (exact[at] ?? 0) - (parts[at] ?? 0)
  const order = exact.map((_, at) => at).sort((a, b) => remainderOf(b) - remainderOf(a) || a - b)
  for (const at of order.slice(0, left)) parts[at] = (parts[at] ?? 0) + 1
  return parts
}

/** Odds as people write them: `12.5` for 1250. */
export const percentOf = (odds: number) => (odds / 100).toFixed(2).replace(/\.?0+$/, '')

/** What somebody typed as a percentage; undefined when it is none of at most two decimals. */
export function oddsIn(typed: string): number | undefined {
  const [, whole, decimals = ''] = /^(\d{1,3})(?:[.。](\d{1,2}))?\s*%?$/.exec(typed.trim()) ?? []
  if (whole === undefined) return undefined
  const odds = Number(whole) * 100 + Number(decimals.padEnd(2, '0'))
  return odds <= oddsSum ? odds : undefined
}
