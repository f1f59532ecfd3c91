import { phoneJpeg } from '../test/support/images.ts'
import { httpRequest } from './http-load.ts'
import type { Scene } from './scenarios.ts'

let sent = 0

/** Makes uploads of a phone's photo, one person after the other. No two are of the same picture, on any side. */
export async function uploads({ people }: Pick<Scene, 'people'>): Promise<() => Uint8Array> {
  const { bytes, type } = await formOf(await phoneJpeg())
  return () => {
    sent += 1
    const form = { bytes: anotherPicture(bytes, sent), type }
    return httpRequest('POST', '/api/photo/upload', { token: people[sent % people.length]?.token ?? '', form })
  }
}

async function formOf(photo: Uint8Array<ArrayBuffer>) {
  const form = new FormData()
  form.append('image', new Blob([photo]), 'receipt.jpg')
  form.append('amount', '12.34')
  const encoded = new Response(form)
  const type = encoded.headers.get('Content-Type') ?? ''
  return { type, bytes: new Uint8Array(await encoded.arrayBuffer()) }
}

/**
 * Makes another picture by other factors for two low frequencies; that is cheaper than to encode one.
 * @param jpeg the picture, or a form that holds it
 */
export function anotherPicture(jpeg: Uint8Array<ArrayBuffer>, index: number): Uint8Array<ArrayBuffer> {
  const picture = jpeg.slice()
  const factors = Buffer.from(picture.buffer).indexOf(Buffer.from([0xff, 0xdb])) + 5
  picture[factors + 1] = 1 + (index % 200)
  picture[factors + 2] = 1 + Math.floor(index / 200)
  return picture
}
