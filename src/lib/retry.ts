/** Runs `attempt`, and again after each pause as long as it fails with an error for which `passes` returns true. */
export async function retry<Result>(
  attempt: () => Promise<Result>,
  pauses_ms: readonly number[],
  passes: (error: unknown) => boolean,
): Promise<Result> {
  for (const pause of pauses_ms) {
    try {
      return await attempt()
    } catch (error) {
      if (!passes(error)) throw error
      await Bun.sleep(pause)
    }
  }
  return attempt()
}
