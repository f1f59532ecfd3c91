import type { Context } from 'hono'
import { Refusal } from '../../contract/refusals.ts'
import type { AppEnv } from '../../http/env.ts'
import type { Form, FormLimits } from '../../http/form.ts'
import { formOf } from '../../http/multipart.ts'
import type { FormDocs } from '../../http/operation-docs.ts'
import { release } from '../../lib/release.ts'
import { createFairSemaphore } from '../../lib/semaphore.ts'
import { PhotoFault } from './photo.ts'

/** What a route wants of a form with an image. */
export interface Intake<Checked, Opened> {
  /** The form's file is the image. */
  form: FormDocs
  /** Checks the text fields before the image is decoded. */
  check(fields: Form['fields']): Checked
  /** Decodes the image. */
  open(bytes: Uint8Array): Promise<Opened>
}

/** Takes images in. Few bodies are read and fewer images decoded at a time, so memory is bounded whatever arrives. */
export interface ImageDesk {
  /**
   * @throws {Refusal} 5001 without an image, 5003 for what is no image, 5004 for one of too many bytes or pixels, 9001
   * and 9005 for a body that is no form, 9007 when too many wait.
   */
  take<Checked, Opened>(
    c: Context<AppEnv>,
    intake: Intake<Checked, Opened>,
  ): Promise<{ checked: Checked; opened: Opened }>
}

const largestImage = 10 * 1024 * 1024
const bodiesAtOnce = 32
/** A body takes as long as the phone's network does. So nobody may hold more places than these. */
const bodiesOfOne = 4
const mostWaiting = 256
const decodersAtOnce = 2
const decodersOfOne = 2

/** The limits of a form whose file is an image. */
export function imageForm({ file, fields }: FormDocs): FormLimits {
  return { files: [file], fields: Object.keys(fields.shape), largestFile: largestImage }
}

export function createImageDesk(): ImageDesk {
  const busy = () => new Refusal(9007)
  const bodies = createFairSemaphore(bodiesAtOnce, bodiesOfOne, mostWaiting, busy)
  const decoders = createFairSemaphore(decodersAtOnce, decodersOfOne, bodiesAtOnce, busy)
  const isWanted = () => bodies.waiting > 0
  return {
    take(c, { form: docs, check, open }) {
      const party = String(c.get('caller').userId)
      return bodies.run(party, async () => {
        const form = await formOf(c, { ...imageForm(docs), isWanted })
        if (!form.file && !form.isFileTooLarge) throw new Refusal(5001)
        const checked = check(form.fields)
        const bytes = form.file
        if (!bytes) throw new Refusal(5004)
        return { checked, opened: await decoders.run(party, () => opened(bytes, open)) }
      })
    },
  }
}

async function opened<Opened>(
  bytes: Uint8Array<ArrayBuffer>,
  open: (bytes: Uint8Array) => Promise<Opened>,
): Promise<Opened> {
  try {
    return await open(bytes)
  } catch (error) {
    if (error instanceof PhotoFault) throw new Refusal(error.kind === 'too_large' ? 5004 : 5003, null, { cause: error })
    throw error
  } finally {
    release(bytes)
  }
}
