/** Values by label. */
export type Labels<Label extends string> = Readonly<Record<Label, string | number>>

/** Totals by their labels' values. */
export interface Tally<Label extends string> {
  add(of: Labels<Label>, by?: number): void
  totals(): Iterable<readonly [of: Labels<Label>, total: number]>
}

interface Total<Label extends string> {
  of: Labels<Label>
  total: number
}

type Find<Label extends string> = (of: Labels<Label>) => Total<Label>

/** The library's own counters make and check a text of all labels at every count. These don't. */
export function createTally<Label extends string>(labels: readonly Label[]): Tally<Label> {
  const all: Total<Label>[] = []
  const find = finder(labels, (of) => {
    const begun = { of: { ...of }, total: 0 }
    all.push(begun)
    return begun
  })
  return {
    add(of, by = 1) {
      find(of).total += by
    },
    *totals() {
      for (const { of, total } of all) yield [of, total]
    },
  }
}

/** Finds a total by the value of one label after the other. */
function finder<Label extends string>([label, ...others]: readonly Label[], begin: Find<Label>): Find<Label> {
  if (label === undefined) {
    let total: Total<Label> | undefined
    return (of) => {
      total ??= begin(of)
      return total
    }
  }
  const branches = new Map<string | number, Find<Label>>()
  return (of) => {
    const value = of[label]
    const branch = branches.get(value) ?? finder(others, begin)
    branches.set(value, branch)
    return branch(of)
  }
}
