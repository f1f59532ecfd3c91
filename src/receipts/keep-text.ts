import type { UnitOfWork } from '../till/unit-of-work.ts'
import { featuresOf } from './receipt-text.ts'
import { receiptMarks, receiptTexts } from './schema.ts'

/** Keeps what was read on an upload, so that a later copy of it is found. An upload has one text, which may be empty. */
export function keepText(unit: UnitOfWork, upload_id: string, text: string): void {
  unit.append(receiptTexts, { upload_id, text, created_at: unit.now })
  for (const mark of featuresOf(text).marks) unit.append(receiptMarks, { mark, upload_id, created_at: unit.now })
}
