import { expect, test } from 'bun:test'
import { jpegOf, picture } from '../../support/images.ts'
import { type Expected, listener, names, page } from '../../support/older-answers.ts'
import { useOlderBuilds } from '../../support/older-builds.ts'
import { newProduct } from '../../support/people.ts'
import { newUpload } from '../../support/uploads.ts'

const builds = useOlderBuilds('answers about goods and receipts')
const hears = listener(builds)

test('answers about products and orders have the aliases of older builds', async () => {
  const [id] = [await newProduct(builds.service, 5), await newProduct(builds.service, 5)]
  const product = { id: 'product_id', commodity_id: 'product_id' }
  for (const [who, path] of [
    [builds.diner, '/exchange/products'],
    [builds.staff, '/merchant/products'],
  ] as const) {
    const goods = await hears(
      who,
      [path, 'GET', { limit: 1 }],
      [...names('products.0.', product), ...page, ['page', 'pagination.page']],
    )
    expect([goods.has_more, goods.total]).toEqual([true, 2])
    const [row] = await builds.service.database.query<{ created_at: Date }>(
      'SELECT created_at FROM products WHERE commodity_id = ?',
      [goods.products[0].id],
    )
    expect(goods.products[0].created_time).toBe(row?.created_at.toISOString())
    expect((await hears(who, [path, 'GET'], [])).has_more).toBe(false)
  }
  const order = { points_cost: 'total_points', order_no: 'exchange_id', order_id: 'exchange_id' }
  const { exchange_id } = await hears(builds.diner, ['/exchange/submit', 'POST', { product_id: id }], names('', order))
  await hears(builds.diner, ['/exchange/orders', 'GET'], [...names('orders.0.', order), ['records', 'orders'], ...page])
  await hears(builds.diner, [`/exchange/orders/${exchange_id}/cancel`, 'POST'], names('', order))
  const fields = { name: '新品', category: '热菜', exchange_points: 10, image: '/images/new.jpg' }
  const made = await hears(builds.staff, ['/merchant/products', 'POST', fields], names('', product))
  expect(made.image).toBe(`${builds.service.url}/images/new.jpg`)
  await hears(builds.staff, [`/merchant/products/${made.id}`, 'PUT', { name: '旧品' }], names('', product))
  await hears(
    builds.staff,
    ['/merchant/products/batch-update', 'POST', { products: [{ product_id: made.id, is_hot: true }] }],
    names('products.0.', product),
  )
  await hears(
    builds.staff,
    ['/merchant/products/batch', 'PUT', { product_ids: [made.id], is_hot: false }],
    names('products.0.', product),
  )
  await hears(
    builds.staff,
    [`/merchant/products/${made.id}/stock`, 'POST', { change: 3, operation: 'RESTOCK' }],
    names('', product),
  )
  await hears(
    builds.staff,
    ['/merchant/product-stats', 'GET'],
    names('', {
      activeCount: 'active_count',
      offlineCount: 'inactive_count',
      lowStockCount: 'low_stock_count',
      totalCount: 'total_count',
    }),
  )
  const [more] = [await newProduct(builds.service, 5)]
  await hears(builds.staff, [`/merchant/products/${made.id}`, 'DELETE'], names('', product))
  await hears(
    builds.staff,
    ['/merchant/products/batch', 'DELETE', { product_ids: [more] }],
    names('products.0.', product),
  )
})

test('answers about uploads and reviews have the aliases of older builds', async () => {
  const upload = {
    id: 'upload_id',
    status: 'review_status',
    uploaded_at: 'created_at',
    upload_time: 'created_at',
    points_earned: 'points_awarded',
    amount: 'input_amount',
  }
  const ids = [await newUpload(builds.service, builds.diner), await newUpload(builds.service, builds.diner)]
  const statuses = {
    total_count: 'total',
    total_uploads: 'total',
    total_points: 'total_points_awarded',
    pending_count: 'pending',
    approved_count: 'approved',
    approved_uploads: 'approved',
    rejected_count: 'rejected',
  }
  const review = {
    id: 'upload_id',
    status: 'review_status',
    amount: 'input_amount',
    expected_points: 'estimated_points',
    suggested_points: 'estimated_points',
    user_info: 'user',
    user_phone: 'user.mobile',
    user_name: 'user.nickname',
    uploaded_at: 'created_at',
    upload_time: 'created_at',
  }
  const avatars = names('reviews.0.user.', { avatar_url: 'avatar', avatarUrl: 'avatar' })
  const lists: Expected = [['list', 'reviews'], ['pending_reviews', 'reviews'], ...page]
  const pending = await hears(
    builds.staff,
    ['/merchant/pending-reviews', 'GET', { limit: 1 }],
    [...names('reviews.0.', review), ...avatars, ...lists],
  )
  expect([pending.has_more, pending.list[0].user_phone]).toEqual([true, expect.stringContaining('****')])
  const batch = await hears(
    builds.staff,
    ['/merchant/batch-review', 'POST', { upload_ids: [ids[0], 'UP_X'], action: 'approve' }],
    [],
  )
  expect([batch.success_count, batch.failed_count, batch.processed, batch.successful, batch.failed]).toEqual([
    1, 1, 2, 1, 1,
  ])
  await hears(builds.staff, ['/merchant/review', 'POST', { upload_id: ids[1], action: 'reject' }], [])
  await hears(builds.staff, ['/merchant/reviews/history', 'GET'], [...names('reviews.0.', review), ...lists])
  const history = await hears(
    builds.diner,
    ['/photo/history', 'GET'],
    [...names('records.0.', upload), ['list', 'records'], ['history', 'records'], ...page],
  )
  expect([history.has_more, history.list.map(({ status }: { status: string }) => status).sort()]).toEqual([
    false,
    ['approved', 'rejected'],
  ])
  await hears(builds.diner, [`/photo/review/${ids[0]}`, 'GET'], names('', upload))
  await hears(builds.diner, ['/photo/statistics', 'GET'], names('', statuses))
  const figures = await hears(
    builds.staff,
    ['/merchant/statistics', 'GET', { period: 'week' }],
    [
      ...names('', {
        pending_count: 'pending',
        total_processed: 'reviewed.total',
        total: 'reviewed.total',
        approved: 'reviewed.approved',
        rejected: 'reviewed.rejected',
      }),
      ['review_stats.approved', 'reviewed.approved'],
      ['review_stats.pending', 'pending'],
      ['today_approved', 'series.6.approved'],
      ['today_rejected', 'series.6.rejected'],
    ],
  )
  expect([figures.today_approved, figures.today_rejected]).toEqual([1, 1])
  const bytes = await jpegOf(picture(654))
  const sent = (
    await builds.phone.uploadFile(
      '/photo/upload',
      { name: 'image', bytes, formData: { amount: '9.90' } },
      { token: builds.diner.token },
    )
  ).data.data
  expect([sent.id, sent.status, sent.amount]).toEqual([sent.upload_id, 'pending', '9.90'])
})
