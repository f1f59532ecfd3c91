import { phoneJpeg } from '../test/support/images.ts'
import { type EncodedForm, httpRequest } from './http-load.ts'
import type { Scene } from './scenarios.ts'

/** So many pictures can be made of one. */
const mostPictures = 50_000
const factorsInUse = 200

let sent = 0
let encoded: Promise<EncodedForm> | undefined

/**
 * Makes uploads of a phone’s photo, one person after the other. No two are of the same picture, on any side. All look
 * alike, so that each is compared with up to 200 others by their rows: no upload costs more.
 */
export async function uploadRequests({ people }: Pick<Scene, 'people'>): Promise<() => Uint8Array> {
  encoded ??= phoneJpeg().then(encode)
  const { bytes, type } = await encoded
  return () => {
    sent += 1
    const form = { bytes: anotherPicture(bytes, sent), type }
    return httpRequest('POST', '/api/photo/upload', { token: people[sent % people.length]?.token ?? '', form })
  }
}

async function encode(photo: Uint8Array<ArrayBuffer>): Promise<EncodedForm> {
  const request = new Response(receiptForm(photo))
  const type = request.headers.get('Content-Type') ?? ''
  return { type, bytes: new Uint8Array(await request.arrayBuffer()) }
}

/** The form of an upload. */
export function receiptForm(photo: Uint8Array<ArrayBuffer>): FormData {
  const form = new FormData()
  form.append('image', new Blob([photo]), 'receipt.jpg')
  form.append('amount', '12.34')
  return form
}

/**
 * Makes another picture by changing two factors of its quantization table; that is cheaper than to encode one.
 * @param jpeg the picture, or a form that holds it
 */
export function anotherPicture(jpeg: Uint8Array<ArrayBuffer>, index: number): Uint8Array<ArrayBuffer> {
  if (index >= mostPictures) throw new RangeError(`there are ${mostPictures} pictures`)
  const picture = jpeg.slice()
  const factors = Buffer.from(picture.buffer).indexOf(Buffer.from([0xff, 0xdb])) + 5
  picture[factors + 1] = 1 + (index % factorsInUse)
  picture[factors + 2] = 1 + Math.floor(index / factorsInUse)
  return picture
}
