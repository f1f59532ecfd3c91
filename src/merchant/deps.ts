import type { Push } from '../contract/messages.ts'
import type { Database } from '../db/client.ts'
import type { Catalogue } from '../exchange/catalogue.ts'
import type { RateLimit } from '../http/rate-limits.ts'
import type { Cached } from '../lib/cached.ts'
import type { Calendar } from '../lib/calendar.ts'
import type { ShownWheel } from '../lottery/wheel-mapping.ts'
import type { ImageDesk } from '../receipts/photo/image-desk.ts'
import type { GiftRules } from '../staff/given.ts'
import type { ImageLinks } from '../storage/image-links.ts'
import type { Store } from '../storage/store.ts'
import type { Till } from '../till/till.ts'
import type { MemberCodes } from '../wallet/member-codes.ts'
import type { PastDays } from './statistics/past-days.ts'
import type { SystemParts } from './system/parts.ts'
import type { PastWheels } from './wheel/past-wheels.ts'
import type { WheelRules } from './wheel/replace-wheel.ts'

/** What the merchants' routes need. */
export interface MerchantDeps {
  database: Database
  till: Till<Push>
  calendar: Calendar
  now: () => Date
  caches: {
    catalogue: Catalogue
    wheel: Cached<ShownWheel | undefined>
    /** The figures of past days. */
    pastDays: PastDays
    /** The figures of past versions of the wheel. */
    pastWheels: PastWheels
  }
  imageLinks: ImageLinks
  memberCodes: MemberCodes
  store: Store
  receipts: { imageDesk: ImageDesk }
  /** How the program itself does. */
  system: SystemParts
  limits: {
    /** Limits each merchant's look-ups of vouchers and members that find nothing. */
    voucherMiss: RateLimit
    /** Limits each merchant's pictures of products. */
    productImage: RateLimit
  }
  rules: {
    /** By which rules staff give points. */
    gifts: GiftRules
    wheel: WheelRules
    review: {
      /** A review may award at most the points of the lower amount times this. */
      maxMultiple: number
    }
  }
}
