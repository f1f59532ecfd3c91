import { quickQuality } from '../http/compressed.ts'
import { type BuiltPages, buildPages } from './build.ts'

/** The pages that the program serves. The executable has another module in this one's place, which holds the files. */
export function builtPages(): Promise<BuiltPages> {
  return buildPages(quickQuality)
}
