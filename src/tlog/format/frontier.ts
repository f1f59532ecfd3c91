import { type Hash, nodeHash, rootOf } from './tree.ts'

/** The roots of the full trees that a log of `size` entries consists of, the largest first. They are all it needs to grow. */
export interface Frontier {
  size: number
  roots: readonly Hash[]
}

/** A full tree of 2^`level` entries, and its place among those of its level. */
export interface FullTree {
  level: number
  index: number
  root: Hash
}

export const emptyFrontier: Frontier = { size: 0, roots: [] }

/** The frontier after more entries, and the full trees that they completed, single entries included. */
export function grow(
  frontier: Frontier,
  entries: readonly Hash[],
): { frontier: Frontier; completed: readonly FullTree[] } {
  const roots = [...frontier.roots]
  const completed: FullTree[] = []
  let { size } = frontier
  for (const entry of entries) {
    let tree: FullTree = { level: 0, index: size, root: entry }
    completed.push(tree)
    // A tree joins its left neighbour as often as its place is an odd one.
    while (tree.index % 2 === 1) {
      tree = { level: tree.level + 1, index: (tree.index - 1) / 2, root: nodeHash(roots.pop() as Hash, tree.root) }
      completed.push(tree)
    }
    roots.push(tree.root)
    size += 1
  }
  return { frontier: { size, roots }, completed }
}

/** The root of the whole log. */
export function rootOfFrontier({ roots }: Frontier): Hash {
  return roots.length === 0 ? rootOf([]) : roots.reduceRight((right, left) => nodeHash(left, right))
}
