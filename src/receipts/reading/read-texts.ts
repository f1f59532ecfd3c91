import { noEvidence } from './evidence.ts'
import type { FoundText } from './found-text.ts'
import { type Labels, readLabels } from './labels.ts'
import { papersOf } from './papers.ts'
import { straighten } from './straighten.ts'

/** Makes sense of the texts of a photo. Two receipts side by side give no amount, unless they show the same one. */
export function readTexts(texts: readonly FoundText[]): Labels {
  const labels = readLabels(straighten(texts))
  if (labels.kind !== 'receipt') return labels
  const [left, right] = papersOf(texts).map((paper) => readLabels(straighten(paper)).amount.fen)
  return left != null && right != null && left !== right ? { ...labels, kind: 'several', amount: noEvidence } : labels
}
