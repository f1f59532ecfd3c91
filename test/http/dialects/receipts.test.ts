import { beforeEach, describe, expect, test } from 'bun:test'
import { openPhoto } from '../../../src/receipts/photo/photo.ts'
import { jpegOf, picture } from '../../support/images.ts'
import { codeOf, useOlderBuilds } from '../../support/older-builds.ts'
import { newUpload } from '../../support/uploads.ts'

const builds = useOlderBuilds('receipts')
const { service, post, get, asStaff } = builds

describe('reviews', () => {
  const review = (data: Record<string, unknown>) => post('/merchant/review', data, asStaff())

  test.each([
    ['upload_id', { action: 'approved', amount: 0, review_reason: '清楚' }, 'approve', 885],
    ['review_id', { action: 'APPROVE', amount: '0.00' }, 'approve', 885],
    ['id', { action: 'approved', amount: 10 }, 'approve', 100],
    ['review_id', { action: 'approve', points: 0 }, 'approve', 0],
    ['id', { action: 'rejected', points: 0, amount: 0, review_reason: '看不清' }, 'reject', 0],
    ['upload_id', { action: 'reject', amount: 0, reason: '看不清' }, 'reject', 0],
  ])('a review by %s with %p is accepted', async (name, decision, action, points) => {
    const upload_id = await newUpload(service, builds.diner)
    expect((await review({ [name]: upload_id, ...decision })).data.data).toMatchObject({
      upload_id,
      action,
      points_awarded: points,
    })
    const [row] = await service.database.query<{ review_reason: string }>('SELECT review_reason FROM upload_reviews')
    expect(row?.review_reason).toBe(
      'review_reason' in decision ? decision.review_reason : 'reason' in decision ? decision.reason : '审核通过',
    )
  })

  test('wrong reviews are refused as without aliases, and decide nothing', async () => {
    const upload_id = await newUpload(service, builds.diner)
    const bad = [
      { action: 'approveds' },
      { action: 'approved', amount: -1 },
      { action: 'approved', amount: 0.001 },
      { action: 'reject', points: -1 },
      { action: 'approved', review_reason: 'x'.repeat(201) },
    ]
    for (const decision of bad)
      expect(codeOf(await review({ review_id: upload_id, ...decision }))).toEqual([6001, 6001])
    expect(codeOf(await review({ review_id: upload_id, action: 'approved', points: 99_999 }))).toEqual([6005, 6005])
    expect(codeOf(await review({ id: 'UP_NONE', action: 'approved' }))).toEqual([6003, 6003])
    const own = await newUpload(service, builds.staff)
    expect(codeOf(await review({ id: own, action: 'approved' }))).toEqual([6008, 6008])
    expect(codeOf(await post('/merchant/review', { id: upload_id, action: 'approved' }))).toEqual([2005, 2005])
  })

  test.each(['upload_ids', 'review_ids'])('a batch by %s makes one decision for all of them', async (name) => {
    const ids = [await newUpload(service, builds.diner), await newUpload(service, builds.diner), 'UP_NONE']
    const { data } = await post(
      '/merchant/batch-review',
      { [name]: ids, action: 'approved', reason: '批量' },
      asStaff(),
    )
    expect(data.data).toMatchObject({ success_count: 2, failed_count: 1, processed: 3, successful: 2, failed: 1 })
    expect(data.data.results.map((one: { upload_id: string }) => one.upload_id)).toEqual(ids)
    for (const wrong of ['UP_X', [], {}, Array(101).fill('UP_X'), null]) {
      expect(codeOf(await post('/merchant/batch-review', { [name]: wrong, action: 'approved' }, asStaff()))).toEqual([
        6001, 6001,
      ])
    }
    expect(codeOf(await post('/merchant/batch-review', { [name]: ids }, asStaff()))).toEqual([6001, 6001])
  })

  test('a batch by ids copies only a decision’s fields, and does not expand a list that is too long', async () => {
    const chaff = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, 1]))
    const body = { ...chaff, action: 'approve', upload_ids: Array(5_000).fill(1) }
    const before = process.memoryUsage.rss()
    expect(codeOf(await post('/merchant/batch-review', body, asStaff()))).toEqual([6001, 6001])
    expect(process.memoryUsage.rss() - before).toBeLessThan(300_000_000)
  })

  test('a batch may have its own decision, amount and reason for each upload', async () => {
    const [a, b, c] = [
      await newUpload(service, builds.diner),
      await newUpload(service, builds.diner),
      await newUpload(service, builds.diner),
    ]
    const reviews = [
      { upload_id: a, action: 'approve', amount: '10.00', review_reason: '甲' },
      { review_id: b, action: 'rejected', amount: 0, points: 0, review_reason: '乙' },
      { id: c, action: 'APPROVED', amount: 0 },
    ]
    const { data } = await post('/merchant/batch-review', { reviews, upload_ids: ['UP_X'] }, asStaff())
    expect(data.data.results.map((one: { points_awarded: number }) => one.points_awarded)).toEqual([100, 0, 885])
    expect(codeOf(await post('/merchant/batch-review', { reviews: [7, null] }, asStaff()))).toEqual([6001, 6001])
  })
})

describe('uploads', () => {
  let bytes: Uint8Array<ArrayBuffer>
  let seed = 500
  beforeEach(async () => {
    seed += 1
    bytes = await jpegOf(picture(seed))
  })

  test.each([
    ['/photo/upload', 'image', { amount: '88.5' }],
    ['/upload', 'file', { user_amount: '88.5' }],
    ['/upload/photo', 'photo', { user_amount: '88.5' }],
  ])('%s accepts a file named %s, %p and the token in the form', async (path, name, amounts) => {
    const answer = await builds.phone.uploadFile(path, {
      name,
      bytes,
      formData: { ...amounts, access_token: builds.diner.token },
    })
    expect(answer.statusCode).toBe(200)
    const { data } = answer.data
    expect(data).toMatchObject({ id: data.upload_id, status: 'pending', amount: '88.50', input_amount: '88.50' })
    expect((await fetch(data.image_url)).status).toBe(200)
  })

  test('the header’s token takes precedence over the form’s, which only uploads accept', async () => {
    const formData = { amount: '1', access_token: builds.diner.token }
    const header = { Authorization: 'Bearer nonsense' }
    expect(codeOf(await builds.phone.uploadFile('/upload', { name: 'file', bytes, formData }, { header }))).toEqual([
      401, 2002,
    ])
    for (const access_token of ['', 'nonsense', builds.diner.refreshToken]) {
      expect(
        (await builds.phone.uploadFile('/upload', { name: 'file', bytes, formData: { amount: '1', access_token } }))
          .data.code,
      ).toBe(401)
    }
    expect(
      codeOf(await builds.phone.uploadFile('/upload', { name: 'file', bytes, formData: { amount: '1' } })),
    ).toEqual([401, 2001])
    expect(codeOf(await builds.phone.uploadFile('/user/avatar', { name: 'avatar', bytes, formData }))).toEqual([
      401, 2001,
    ])
    const elsewhere = [
      ['/lottery/draw', 'POST', { draw_type: 'single' }],
      ['/user/info', 'GET', {}],
    ] as const
    for (const [path, method, data] of elsewhere) {
      expect(
        codeOf(await builds.phone.request(path, { method, data: { ...data, access_token: builds.diner.token } })),
      ).toEqual([401, 2001])
    }
    expect((await get('/photo/history')).data.data.records).toEqual([])
  })

  test.each([
    ['2.2.0', 'photo', 0],
    ['2.2.0', 'image', 0],
    ['2.1.4', 'photo', 0],
    ['', 'photo', 0],
    ['2.1.4', 'image', 5002],
    ['', 'file', 5002],
  ])('from version %p, a file named %s without an amount is answered with %i', async (version, name, code) => {
    const header: Record<string, string> = version ? { 'X-Client-Version': version } : {}
    const upload = (formData: Record<string, string>) =>
      builds.phone.uploadFile('/photo/upload', { name, bytes, formData }, { token: builds.diner.token, header })
    expect((await upload({ user_amount: '-1' })).data.code).toBe(5002)
    if (!version) expect((await upload({ user_amount: '' })).data.code).toBe(5002)
    const answer = await upload({})
    expect(answer.data.code).toBe(code)
    if (code === 0) expect(answer.data.data).toMatchObject({ input_amount: null, amount: '0.00' })
  })

  test('of two files the one with the contract’s name is preferred, whichever comes first', async () => {
    const other = await jpegOf(picture(seed + 10_000))
    const digests = await Promise.all([bytes, other].map(async (sent) => (await openPhoto(sent)).sha256))
    for (const [names, kept] of [
      [['photo', 'image'], 1],
      [['file', 'photo'], 1],
      [['image', 'file'], 0],
    ] as const) {
      const form = new FormData()
      form.append('amount', '1')
      form.append(names[0], new Blob([bytes]), 'a.jpg')
      form.append(names[1], new Blob([other]), 'b.jpg')
      await fetch(`${service.url}/api/upload`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${builds.diner.token}` },
        body: form,
      })
      const [row] = await service.database.query<{ image_sha256: string }>('SELECT image_sha256 FROM upload_reviews')
      expect(row?.image_sha256).toBe(digests[kept] as string)
      await service.database.query('DELETE FROM upload_reviews')
    }
  })
})
