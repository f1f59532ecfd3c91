/** Headers of what is public and stays so: pages of other origins may read it, and caches keep it. */
export function forEverybody(caching: string): Record<string, string> {
  return {
    'Access-Control-Allow-Origin': '*',
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'Cache-Control': caching,
  }
}

const year_s = 31_536_000

/** The caching of what never changes. */
export const forGood = `public, max-age=${year_s}, immutable`
