import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { fenOf } from '../contract/money.ts'
import { Refusal } from '../contract/refusals.ts'
import type { Database } from '../db/client.ts'
import { type AppEnv, absoluteLinks } from '../http/env.ts'
import { ok } from '../http/envelope.ts'
import type { Form } from '../http/form.ts'
import { once } from '../http/idempotency.ts'
import { describe } from '../http/operation-docs.ts'
import { limitCaller, type RateLimit } from '../http/rate-limits.ts'
import { validate } from '../http/validate.ts'
import type { ImageLinks } from '../storage/image-links.ts'
import type { ImageDesk } from './photo/image-desk.ts'
import { imageName } from './photo/image-names.ts'
import { openPhoto } from './photo/photo.ts'
import { messages, readHistory, readUploadStatistics, requireUpload } from './queries.ts'
import type { createReceive } from './receive.ts'
import { historyAnswer, historyQuery, recordAnswer, statisticsAnswer, uploadAnswer, uploadIdParam } from './wire.ts'

export interface ReceiptsDeps {
  database: Database
  imageLinks: ImageLinks
  receipts: {
    imageDesk: ImageDesk
    receive: ReturnType<typeof createReceive>
    /** Where it isn't, the reader or the reviewer gives the amount. */
    isAmountRequired: boolean
  }
  limits: { upload: RateLimit }
}

/** The form of an upload: a receipt's photo and what was paid. */
export const uploadForm = { file: 'image', fields: z.object({ amount: z.string().optional() }) }

/** `/api/photo`: receipts that diners send for review. */
export function receiptsRoutes({ database, imageLinks, receipts, limits }: ReceiptsDeps) {
  const { imageDesk, receive, isAmountRequired } = receipts
  const linksOf = (c: Context<AppEnv>) => (imageKey: string) => absoluteLinks(c)(imageLinks.linkTo(imageName(imageKey)))
  return new Hono<AppEnv>()
    .post(
      '/upload',
      describe({
        summary: 'Send the photo of a receipt for review',
        answer: uploadAnswer,
        refusals: [5001, 5002, 5003, 5004, 5005, 5006],
        idempotent: true,
        form: uploadForm,
      }),
      limitCaller(limits.upload),
      async (c) => {
        const { checked: input_fen, opened: photo } = await imageDesk.take(c, {
          form: uploadForm,
          check: (fields) => requireAmount(fields, () => isAmountRequired && !c.get('dialect')?.mayOmit('amount')),
          open: openPhoto,
        })
        const { userId } = c.get('caller')
        return once(
          c,
          { amount: input_fen, image: photo.sha256 },
          (idempotency) => receive({ userId, input_fen, idempotency }, photo),
          ({ image_key, ...made }) => {
            const state = { review_status: 'pending', message: messages.pending }
            return { ...made, image_url: linksOf(c)(image_key), ...state }
          },
        )
      },
    )
    .get(
      '/history',
      describe({ summary: 'The caller’s uploads, newest first', answer: historyAnswer }),
      validate('query', historyQuery),
      async (c) => ok(c, await readHistory(database, c.get('caller').userId, c.req.valid('query'), linksOf(c))),
    )
    .get(
      '/review/:upload_id',
      describe({ summary: 'One of the caller’s uploads', answer: recordAnswer, refusals: [5007] }),
      validate('param', uploadIdParam, 5007),
      async (c) =>
        ok(c, await requireUpload(database, c.get('caller').userId, c.req.valid('param').upload_id, linksOf(c))),
    )
    .get('/statistics', describe({ summary: 'The caller’s uploads by status', answer: statisticsAnswer }), async (c) =>
      ok(c, await readUploadStatistics(database, c.get('caller').userId)),
    )
}

/** @throws {Refusal} 5002 */
function requireAmount(fields: Form['fields'], isRequired: () => boolean): number | null {
  const text = fields.get('amount')?.trim() ?? ''
  if (text === '' && !isRequired()) return null
  const fen = fenOf(text)
  if (fen === undefined) throw new Refusal(5002)
  return fen
}
