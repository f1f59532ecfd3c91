import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import { z } from 'zod'
import { type AppEnv, linkIn } from '../../http/env.ts'
import { once } from '../../http/idempotency.ts'
import { limitCaller } from '../../http/rate-limits.ts'
import { randomCode } from '../../lib/random.ts'
import { openProductImage } from '../../receipts/photo/photo.ts'
import { actorOf } from '../../staff/actor.ts'
import { forStaff } from '../../staff/guard.ts'
import type { IdempotencyKey } from '../../till/operation.ts'
import type { MerchantDeps } from '../deps.ts'
import { addImage } from './add-image.ts'

const imageNameLength = 26
const imageForm = { file: 'image', fields: z.object({}) }

/** Pictures of products. One that no product names is swept. */
export function catalogueImageRoutes({ till, store, receipts, limits }: MerchantDeps) {
  return new Hono<AppEnv>().post(
    '/images',
    forStaff(['catalogue'], {
      summary: 'Upload a picture for a product; it is scaled to 1200 pixels',
      answer: z.object({ image: z.string() }),
      refusals: [5001, 5003, 5004],
      form: imageForm,
      idempotent: true,
    }),
    limitCaller(limits.productImage),
    async (c) => {
      const intake = { form: imageForm, check: () => {}, open: openProductImage }
      const { opened } = await receipts.imageDesk.take(c, intake)
      const sha256 = createHash('sha256').update(opened).digest('hex')
      const upload = async (idempotency: IdempotencyKey | undefined) => {
        const key = `product-images/${randomCode(imageNameLength)}.jpg`
        await store.put(key, opened)
        return till.run(addImage, { image: `/${key}`, actor: actorOf(c) }, idempotency)
      }
      return once(c, { sha256 }, upload, linkIn(c, 'image'))
    },
  )
}
