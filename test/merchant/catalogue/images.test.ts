import { beforeEach, describe, expect, test } from 'bun:test'
import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import { sweepImages } from '../../../src/receipts/sweep.ts'
import { jpegOf, padded, picture } from '../../support/images.ts'
import { newProduct, type Person, signIn, signInMerchant, signInStaff } from '../../support/people.ts'
import { useService } from '../../support/service.ts'
import { photoForm, storedKeys } from '../../support/uploads.ts'

const service = useService({ RATE_LIMIT: 'on', RATE_LIMIT_ADDRESS: '10000', RATE_LIMIT_WRITE: '10000' })
let staff: Person
beforeEach(async () => {
  staff = await signInMerchant(service)
})

const send = (bytes: Uint8Array<ArrayBuffer>, options: { token?: string; idempotencyKey?: string } = {}) =>
  service.client.post('/api/merchant/images', { token: staff.token, form: photoForm(bytes), ...options })
const edit = async (id: number, image: string | null) =>
  service.client.put(`/api/merchant/products/${id}`, { token: staff.token, body: { image } })
const create = (image: string) =>
  service.client.post('/api/merchant/products', {
    token: staff.token,
    body: { name: '蛋炒饭', category: '主食', exchange_points: 10, image },
  })

/** Lets all that is stored grow old enough to be judged, and sweeps. Returns how many were put away. */
async function sweepLater(): Promise<number> {
  const before = new Date(Date.now() - 2 * 3_600_000)
  for (const key of await storedKeys(service)) utimesSync(join(service.dataDir, 'images', key), before, before)
  return (await sweepImages(service.database, service.services.store, { now: new Date() })).putAway
}

describe('a picture of a product', () => {
  test('a picture is scaled to 1200 pixels, loses its metadata, and is public under a name nobody can guess', async () => {
    const { code, data } = await send(picture(1, 2_400, 1_600))
    expect(code).toBe(0)
    expect(data.image).toMatch(new RegExp(`^${service.url}/product-images/[A-Z0-9]{26}\\.jpg$`))
    const image = await fetch(data.image)
    expect([image.status, image.headers.get('Content-Type')]).toEqual([200, 'image/jpeg'])
    expect(image.headers.get('Cache-Control')).toStartWith('public')
    const { width, height } = await new Bun.Image(await image.arrayBuffer()).metadata()
    expect([width, height]).toEqual([1_200, 800])
    expect((await fetch(data.image.replace(/[A-Z0-9]{26}/, 'A'.repeat(26)))).status).toBe(404)
  })

  test('the link becomes the product’s image, and diners see it at the service’s address', async () => {
    const { data } = await send(picture(1))
    const made = await create(data.image)
    expect([made.code, made.data.image]).toEqual([0, data.image])
    const [row] = await service.database.query<{ image: string }>('SELECT image FROM products')
    expect(row?.image).toBe(new URL(data.image).pathname)
    const diner = await signIn(service)
    const { products } = (await service.client.get('/api/exchange/products', { token: diner.token })).data
    expect(products.map(({ image }: { image: string }) => image)).toContain(data.image)
    expect((await create('http://elsewhere.example.com/a.jpg')).code).toBe(6009)
  })

  test('no image is 5001, what is no image 5003, and a too large one 5004; nothing is kept of them', async () => {
    const form = new FormData()
    form.append('picture', new Blob([picture(1)]), 'x.jpg')
    expect((await service.client.post('/api/merchant/images', { token: staff.token, form })).code).toBe(5001)
    expect((await send(new Uint8Array(Buffer.from('<svg onload="alert(1)"/>')))).code).toBe(5003)
    expect((await send(padded(picture(1), 10 * 1024 * 1024 + 1))).code).toBe(5004)
    expect(await storedKeys(service)).toEqual([])
  })

  test('nobody but staff uploads one, and each upload says whose it was', async () => {
    const diner = await signIn(service)
    expect((await send(picture(1), { token: diner.token })).code).toBe(2005)
    const form = photoForm(picture(1))
    expect((await service.client.post('/api/merchant/images', { form })).code).toBe(2001)
    expect(await storedKeys(service)).toEqual([])
    const { data } = await send(picture(1))
    const rows = await service.database.query('SELECT actor_id, action, target FROM audit_log WHERE action LIKE ?', [
      'product.image',
    ])
    expect(rows).toEqual([
      { actor_id: staff.userId, action: 'product.image', target: `image:${new URL(data.image).pathname}` },
    ])
  })

  test('the same key answers the first link again, five times at once too, and refuses another picture', async () => {
    const photo = await jpegOf(picture(1))
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => send(photo, { idempotencyKey: 'once' })))
    const links = new Set(answers.map(({ data }) => data.image))
    expect(links.size).toBe(1)
    expect((await send(photo, { idempotencyKey: 'once' })).data.image).toBe([...links][0])
    expect((await send(await jpegOf(picture(2)), { idempotencyKey: 'once' })).code).toBe(9008)
    expect((await fetch([...links][0] ?? '')).status).toBe(200)
  })

  test('an eleventh picture in a minute is refused with 9006', async () => {
    const photo = await jpegOf(picture(1, 64, 64))
    const codes: number[] = []
    for (let i = 0; i < 11; i += 1) codes.push((await send(photo)).code)
    expect(codes).toEqual([...Array(10).fill(0), 9006])
  })
})

describe('the sweep', () => {
  test('a picture that a product names is kept, and one that none names is put away after an hour', async () => {
    const [named, unnamed] = [await send(picture(2)), await send(picture(3))]
    await create(named.data.image)
    expect(await sweepLater()).toBe(1)
    expect((await fetch(named.data.image)).status).toBe(200)
    expect((await fetch(unnamed.data.image)).status).toBe(404)
  })

  test('the pictures that a product had before are kept, as orders and vouchers show them', async () => {
    const [first, second, third] = [await send(picture(1)), await send(picture(2)), await send(picture(3))]
    const product_id = await newProduct(service, 1, { image: new URL(first.data.image).pathname })
    const diner = await signIn(service)
    await service.client.post('/api/exchange/submit', { token: diner.token, body: { product_id, quantity: 1 } })
    for (const link of [second.data.image, third.data.image, null]) expect((await edit(product_id, link)).code).toBe(0)
    expect(await sweepLater()).toBe(0)
    const { orders } = (await service.client.get('/api/exchange/orders', { token: diner.token })).data
    expect(orders[0].product_image).toBe(first.data.image)
    for (const { data } of [first, second, third]) expect((await fetch(data.image)).status).toBe(200)
  })

  test('a picture that an edit would set is kept while the edit waits for consent', async () => {
    await signInStaff(service, 'owner')
    const [first, wanted] = [await send(picture(1)), await send(picture(2))]
    const { product_id } = (await create(first.data.image)).data
    const body = { image: wanted.data.image, exchange_points: 1 }
    const asked = await service.client.put(`/api/merchant/products/${product_id}`, { token: staff.token, body })
    expect(asked.code).toBe(6013)
    expect(await sweepLater()).toBe(0)
    await service.database.query("UPDATE approvals SET status = 'expired', pending_subject = NULL")
    expect(await sweepLater()).toBe(1)
  })

  test('a young picture is kept until its product is saved', async () => {
    const { data } = await send(picture(1))
    expect((await sweepImages(service.database, service.services.store, { now: new Date() })).putAway).toBe(0)
    expect((await fetch(data.image)).status).toBe(200)
  })

  test('a picture comes back from quarantine once a product names it, and stays when the product is deleted', async () => {
    const [first, second] = [await send(picture(1)), await send(picture(2))]
    await create(first.data.image)
    expect(await sweepLater()).toBe(1)
    const made = await create(second.data.image)
    expect(await sweepLater()).toBe(0)
    expect((await fetch(second.data.image)).status).toBe(200)
    await service.client.delete(`/api/merchant/products/${made.data.product_id}`, { token: staff.token })
    expect(await sweepLater()).toBe(0)
    expect((await fetch(second.data.image)).status).toBe(200)
  })
})
