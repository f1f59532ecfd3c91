import { type BuiltPages, buildPages } from './build.ts'

/** Brotli's quality at a start from source: the files are a few per cent larger, and there within milliseconds. */
const quality = 5

/** The pages that the program serves. The executable has another module in this one's place, which holds the files. */
export function builtPages(): Promise<BuiltPages> {
  return buildPages(quality)
}
