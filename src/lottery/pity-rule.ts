/** True when the next turn must give the pity prize, after `count` turns in a row without it. */
export function isPityDue(count: number, limit: number): boolean {
  return count >= limit - 1
}

/** The counter after a turn. */
export function nextPity(count: number, wonPityPrize: boolean): number {
  return wonPityPrize ? 0 : count + 1
}
