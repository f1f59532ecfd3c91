import type { z } from 'zod'
import type * as approvals from '../../approvals/wire.ts'
import type * as catalogue from '../../merchant/catalogue/wire.ts'
import type * as counter from '../../merchant/counter/wire.ts'
import type * as reviews from '../../merchant/reviews/wire.ts'
import type * as statistics from '../../merchant/statistics/wire.ts'
import type * as system from '../../merchant/system/wire.ts'
import type * as wheel from '../../merchant/wheel/wire.ts'
import type * as points from '../../points/wire.ts'
import type * as staff from '../../staff/wire.ts'
import type { Call, Query } from './call-shape.ts'

/** The answer of what waits for another person. */
export interface Waiting {
  approval_id: string
  approval_status: 'pending'
}

interface ById {
  path: { id: string }
}

/** The calls of the staff. */
export interface StaffCalls {
  'GET /merchant/me': Call<z.output<typeof staff.meAnswer>>
  'GET /merchant/staff': Call<z.output<typeof staff.staffAnswer>, { query: { page?: number; limit?: number } }>
  'POST /merchant/staff': Call<z.output<typeof staff.roleAnswer>, { body: z.input<typeof staff.grantBody> }>
  'DELETE /merchant/staff/:user_id': Call<z.output<typeof staff.roleAnswer>, { path: { user_id: string } }>
  'GET /merchant/audit': Call<z.output<typeof staff.auditAnswer>, { query: Query<typeof staff.auditQuery> }>
  'GET /merchant/pending-reviews': Call<
    z.output<typeof reviews.pendingAnswer>,
    { query: Query<typeof reviews.pendingQuery> }
  >
  'POST /merchant/review': Call<
    z.output<typeof reviews.reviewAnswer> | Waiting,
    { body: z.input<typeof reviews.reviewBody> }
  >
  'POST /merchant/batch-review': Call<z.output<typeof reviews.batchAnswer>, { body: z.input<typeof reviews.batchBody> }>
  'GET /merchant/reviews/history': Call<
    z.output<typeof reviews.historyAnswer>,
    { query: Query<typeof reviews.historyQuery> }
  >
  'GET /merchant/uploads/:upload_id': Call<z.output<typeof reviews.uploadAnswer>, { path: { upload_id: string } }>
  'GET /merchant/vouchers/:code': Call<z.output<typeof counter.voucherAnswer>, { path: { code: string } }>
  'POST /merchant/vouchers/:code/redeem': Call<z.output<typeof counter.voucherAnswer>, { path: { code: string } }>
  'GET /merchant/users': Call<z.output<typeof counter.memberAnswer>, { query: { mobile: string } }>
  'GET /merchant/members/:member_code': Call<z.output<typeof counter.memberAnswer>, { path: { member_code: string } }>
  'GET /merchant/users/:id/points': Call<
    z.output<typeof points.recordsAnswer>,
    ById & { query: Query<typeof points.recordsQuery> }
  >
  'POST /merchant/users/:id/points': Call<
    z.output<typeof counter.adjustAnswer> | Waiting,
    ById & { body: z.input<typeof counter.adjustBody> }
  >
  'POST /merchant/images': Call<{ image: string }>
  'GET /merchant/products': Call<
    z.output<typeof catalogue.merchantProductsAnswer>,
    { query: Query<typeof catalogue.merchantProductsQuery> }
  >
  'POST /merchant/products': Call<
    z.output<typeof catalogue.merchantProduct>,
    { body: z.input<typeof catalogue.productCreation> }
  >
  'PUT /merchant/products/:id': Call<
    z.output<typeof catalogue.merchantProduct> | Waiting,
    ById & { body: z.input<typeof catalogue.productEdit> }
  >
  'DELETE /merchant/products/:id': Call<z.output<typeof catalogue.merchantProduct>, ById>
  'POST /merchant/products/batch-update': Call<
    z.output<typeof catalogue.productsAnswer> | Waiting,
    { body: z.input<typeof catalogue.batchUpdateBody> }
  >
  'POST /merchant/products/batch-delete': Call<
    z.output<typeof catalogue.productsAnswer>,
    { body: z.input<typeof catalogue.batchDeleteBody> }
  >
  'POST /merchant/products/:id/stock': Call<
    z.output<typeof catalogue.stockAnswer>,
    ById & { body: z.input<typeof catalogue.stockBody> }
  >
  'GET /merchant/product-stats': Call<z.output<typeof catalogue.productStats>>
  'GET /merchant/prizes': Call<z.output<typeof wheel.wheelAnswer>>
  'PUT /merchant/prizes': Call<z.output<typeof wheel.wheelSaved>, { body: z.input<typeof wheel.wheelBody> }>
  'DELETE /merchant/prizes/next': Call<z.output<typeof wheel.wheelAnswer>>
  'POST /merchant/prizes/:id/stock': Call<
    z.output<typeof wheel.prizeStock>,
    ById & { body: z.input<typeof wheel.prizeStockBody> }
  >
  'POST /merchant/wheel/close': Call<z.output<typeof wheel.closedAnswer>, { body: z.input<typeof wheel.closeBody> }>
  'POST /merchant/wheel/open': Call<z.output<typeof wheel.closedAnswer>, { body: z.input<typeof wheel.closeBody> }>
  'GET /merchant/lottery/stats': Call<z.output<typeof wheel.lotteryStats>, { query: { page?: number; limit?: number } }>
  'GET /merchant/statistics': Call<
    z.output<typeof statistics.statisticsAnswer> | z.output<typeof statistics.ownStatistics>,
    { query: Query<typeof statistics.statisticsQuery> }
  >
  'GET /merchant/figures': Call<
    z.output<typeof statistics.figuresAnswer>,
    { query: Query<typeof statistics.figuresQuery> }
  >
  'GET /merchant/system': Call<z.output<typeof system.systemAnswer>>
  'POST /merchant/jobs/:name/run': Call<z.output<typeof system.ranAnswer>, { path: { name: string } }>
  'GET /merchant/approvals': Call<
    z.output<typeof approvals.approvalsAnswer>,
    { query: Query<typeof approvals.approvalsQuery> }
  >
  'POST /merchant/approvals/:id': Call<
    z.output<typeof approvals.decisionAnswer>,
    ById & { body: z.input<typeof approvals.decisionBody> }
  >
}
