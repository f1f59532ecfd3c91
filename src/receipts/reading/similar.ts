/** The edit distance of two texts: how many characters must be changed, added or removed. */
export function editDistance(a: readonly string[], b: readonly string[]): number {
  let row = [0, ...b.map((_, at) => at + 1)]
  a.forEach((character, above) => {
    const next = [above + 1]
    b.forEach((wanted, at) => {
      const replaced = (row[at] ?? 0) + (character === wanted ? 0 : 1)
      next.push(Math.min((row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1, replaced))
    })
    row = next
  })
  return row[b.length] ?? 0
}
