/**
 * The order in which a batch locks and writes tables, everywhere: a user's own rows first, contended rows last,
 * append-only tables after them. One order means that two batches never wait for each other in a circle.
 */
export const lockOrder = {
  users: 10,
  smsCodes: 20,
  sessions: 30,
  sessionRefreshes: 35,
  pity: 40,
  checkIns: 50,
  uploads: 55,
  orders: 60,
  vouchers: 70,
  wheelLock: 75,
  wheel: 80,
  products: 90,
  purchases: 95,
  prizes: 100,
  journals: 110,
  idempotencyKeys: 120,
} as const
