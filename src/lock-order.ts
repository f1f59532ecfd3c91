/**
 * The order in which every batch locks and writes tables: first a user's own rows, then rows that many users share,
 * then append-only tables. With one order, two batches never wait for each other in a circle.
 */
export const lockOrder = {
  users: 10,
  owners: 12,
  staff: 14,
  smsCodes: 20,
  sessions: 30,
  sessionRefreshes: 35,
  pity: 40,
  checkIns: 50,
  uploads: 55,
  orders: 60,
  vouchers: 70,
  wheelRow: 75,
  committedWheel: 80,
  products: 90,
  purchases: 95,
  pendingOrders: 96,
  earnings: 97,
  prizes: 100,
  standings: 105,
  journals: 110,
  idempotencyKeys: 120,
} as const
