import type { Document } from '../../verifier/documents.ts'
import { verify } from '../../verifier/verify.ts'
import { ReportView } from '../shared/checks.tsx'

/** What the verifier says of a draw's documents. It is loaded when somebody asks. */
export function ReportOf({ documents }: { documents: readonly Document[] }) {
  return <ReportView report={verify(documents)} documents={documents} />
}
