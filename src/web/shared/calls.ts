import type { z } from 'zod'
import type * as accounts from '../../accounts/wire.ts'
import type * as wire from '../../contract/wire.ts'
import type * as exchange from '../../exchange/wire.ts'
import type * as lottery from '../../lottery/wire.ts'
import type * as points from '../../points/wire.ts'
import type * as profile from '../../profile/wire.ts'
import type * as receipts from '../../receipts/wire.ts'
import type { Proof } from '../../verifier/documents.ts'
import type * as wallet from '../../wallet/wire.ts'
import type { Call, Query } from './call-shape.ts'
import type { StaffCalls } from './staff-calls.ts'

type Nothing = z.output<typeof wire.nothing>

/** Every call of the API that the pages make: what is sent, and `data` of a success. The types are those of its schemas. */
export interface Calls extends StaffCalls {
  'POST /auth/send-code': Call<
    z.output<typeof accounts.sendCodeAnswer>,
    { body: z.input<typeof accounts.sendCodeBody> }
  >
  'POST /auth/login': Call<z.output<typeof accounts.loginAnswer>, { body: z.input<typeof accounts.loginBody> }>
  'POST /auth/refresh': Call<z.output<typeof accounts.tokenPair>, { body: z.input<typeof accounts.refreshBody> }>
  'POST /auth/logout': Call<Nothing>
  'GET /user/sessions': Call<z.output<typeof accounts.sessionsAnswer>>
  'DELETE /user/sessions/others': Call<z.output<typeof accounts.endedAnswer>>
  'DELETE /user/sessions/:id': Call<z.output<typeof accounts.endedAnswer>, { path: { id: string } }>
  'GET /user/statistics': Call<z.output<typeof profile.userStatisticsAnswer>>
  'PUT /user/info': Call<z.output<typeof profile.userInfoAnswer>, { body: z.input<typeof profile.profileBody> }>
  'POST /user/avatar': Call<z.output<typeof profile.avatarAnswer>>
  'POST /user/check-in': Call<z.output<typeof points.checkInAnswer>>
  'GET /user/points/records': Call<z.output<typeof points.recordsAnswer>, { query: Query<typeof points.recordsQuery> }>
  'GET /user/vouchers': Call<z.output<typeof wallet.vouchersAnswer>, { query: Query<typeof wallet.vouchersQuery> }>
  'GET /user/vouchers/:code': Call<z.output<typeof wallet.voucherAnswer>, { path: { code: string } }>
  'GET /user/member-code': Call<z.output<typeof wallet.memberCodeAnswer>>
  'GET /lottery/config': Call<z.output<typeof lottery.configAnswer>>
  'GET /lottery/wheels': Call<z.output<typeof lottery.wheelsAnswer>, { query: { page?: number; limit?: number } }>
  'POST /lottery/draw': Call<z.output<typeof lottery.drawAnswer>, { body: z.input<typeof lottery.drawBody> }>
  'GET /lottery/draws/:draw_id/proof': Call<{ proof: Proof | null }, { path: { draw_id: string } }>
  'GET /lottery/records': Call<z.output<typeof lottery.recordsAnswer>, { query: Query<typeof lottery.recordsQuery> }>
  'GET /exchange/products': Call<
    z.output<typeof exchange.productsAnswer>,
    { query: Query<typeof exchange.productsQuery> }
  >
  'GET /exchange/categories': Call<z.output<typeof exchange.categoriesAnswer>>
  'POST /exchange/submit': Call<z.output<typeof exchange.submitAnswer>, { body: z.input<typeof exchange.submitBody> }>
  'GET /exchange/orders': Call<z.output<typeof exchange.ordersAnswer>, { query: Query<typeof exchange.ordersQuery> }>
  'POST /exchange/orders/:exchange_id/cancel': Call<
    z.output<typeof exchange.cancelAnswer>,
    { path: { exchange_id: string } }
  >
  'POST /photo/upload': Call<z.output<typeof receipts.uploadAnswer>>
  'GET /photo/history': Call<z.output<typeof receipts.historyAnswer>, { query: Query<typeof receipts.historyQuery> }>
}

export type Name = keyof Calls
export type Answer<Called extends Name> = Calls[Called]['answer']
export type Sent<Called extends Name> = Calls[Called]['sent']
