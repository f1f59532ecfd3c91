/**
 * How many of `total` things a clean-up may put away or set right by itself at once: a twentieth, at most a hundred, and
 * always a handful. The smaller bound holds: what goes wrong in daily work is a few, and more than that speaks of a wrong
 * database or one that lost rows. A stop for nothing costs an operator a look, the other error costs people what is theirs.
 */
export function mostAtOnce(total: number): number {
  return Math.max(10, Math.min(100, Math.floor(total / 20)))
}
