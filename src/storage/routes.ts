import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { Refusal } from '../contract/refusals.ts'
import type { AppEnv } from '../http/env.ts'
import { forGood } from '../http/for-everybody.ts'
import { describe } from '../http/operation-docs.ts'
import type { ImageLinks } from './image-links.ts'
import type { Store } from './store.ts'

/** Names of images. None can lead out of the folder. */
const namePattern = /^[\w-]{1,64}\.jpg$/

export const imagePaths = ['/images/*', '/avatars/*', '/product-images/*']

const linkQuery = z.object({ expires: z.string(), signature: z.string() })

function docs(summary: string, query?: z.ZodObject) {
  const answers = {
    200: { says: 'The image', type: 'image/jpeg' },
    404: { says: 'No such image, or no longer by this link' },
  }
  return describe({ summary, tag: 'images', ...(query ? { query } : {}), answers })
}

/** Serves images to image tags: receipts by signed links, the others by names that nobody can guess. */
export function imageRoutes({ store, imageLinks }: { store: Store; imageLinks: ImageLinks }) {
  return new Hono<AppEnv>()
    .get('/images/:name', docs('A receipt’s photo, by its signed link', linkQuery), async (c) => {
      const name = requireName(c.req.param('name'))
      const { expires = '', signature = '' } = c.req.query()
      const left = imageLinks.secondsLeft(name, expires, signature)
      if (left === undefined) throw new Refusal(9002)
      return image(c, name, await store.get(`receipts/${name}`), `private, max-age=${left}, immutable`)
    })
    .get('/avatars/:name', docs('An avatar'), publicImage(store, 'avatars'))
    .get('/product-images/:name', docs('A picture of a product'), publicImage(store, 'product-images'))
}

function publicImage(store: Store, folder: string) {
  return async (c: Context<AppEnv, '/:name'>) => {
    const name = requireName(c.req.param('name'))
    return image(c, name, await store.get(`${folder}/${name}`), forGood)
  }
}

function requireName(name: string): string {
  if (!namePattern.test(name)) throw new Refusal(9002)
  return name
}

function image(
  c: Context<AppEnv>,
  name: string,
  bytes: Uint8Array<ArrayBuffer> | undefined,
  caching: string,
): Response {
  if (!bytes) throw new Refusal(9002)
  // The pages of the mini-program and of the merchants have other origins.
  c.header('Cross-Origin-Resource-Policy', 'cross-origin')
  c.header('Cache-Control', caching)
  c.header('Content-Disposition', `inline; filename="${name}"`)
  return c.body(bytes, 200, { 'Content-Type': 'image/jpeg' })
}
