import { beginLogOnce } from './begin-log.ts'
import { changeWheelWhenDue } from './change-wheel.ts'
import { expireApprovals } from './expire-approvals.ts'
import { expireOrders } from './expire-orders.ts'
import { expireReviews } from './expire-reviews.ts'
import { expireVouchers } from './expire-vouchers.ts'
import type { Job, JobDeps } from './job.ts'
import { openEpochOfTheDay } from './open-epoch.ts'
import { purge } from './purge.ts'
import { reconcile } from './reconcile.ts'
import { sendCheckpoints, tellCheckpoint } from './send-checkpoint.ts'
import { sweepOrphans } from './sweep-images.ts'
import { watchGifts } from './watch-gifts.ts'
import { watchOdds } from './watch-odds.ts'

/**
 * Every job of the service. No job needs to clean up after a crash: an order, its points, its stock and its voucher
 * change in one commit or not at all.
 */
export function schedule(deps: JobDeps): readonly Job[] {
  return [
    changeWheelWhenDue(deps),
    expireReviews(deps),
    expireApprovals(deps),
    expireOrders(deps),
    expireVouchers(deps),
    openEpochOfTheDay(deps),
    beginLogOnce(deps),
    tellCheckpoint(deps),
    sendCheckpoints(deps),
    purge(deps),
    sweepOrphans(deps),
    watchGifts(deps),
    watchOdds(deps),
    reconcile(deps),
  ]
}
