/**
 * How many of `total` things a clean-up may change by itself at once: a twentieth of them, but at least 10 and at most
 * 100. In daily work only a few things go wrong; more are a sign of a wrong database or of lost rows. To stop without
 * need costs an operator a look; to go on wrongly costs people what is theirs.
 */
export function mostAtOnce(total: number): number {
  return Math.max(10, Math.min(100, Math.floor(total / 20)))
}
