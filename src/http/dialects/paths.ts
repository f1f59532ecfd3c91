/** Paths of older clients, each with the contract's path that it stands for, for every method. */
export const pathAliases: Readonly<Record<string, string>> = {
  '/api/auth/verify': '/api/auth/verify-token',
  '/api/user/profile': '/api/user/info',
  '/api/user/points-records': '/api/user/points/records',
  '/api/user/points-history': '/api/user/points/records',
  '/api/points/details': '/api/user/points/records',
  '/api/points/statistics': '/api/user/points/statistics',
  '/api/exchange/redeem': '/api/exchange/submit',
  '/api/exchange/records': '/api/exchange/orders',
  '/api/exchange/products/sync': '/api/exchange/products',
  '/api/exchange/statistics': '/api/user/statistics',
  '/api/photo/records': '/api/photo/history',
  '/api/upload/records': '/api/photo/history',
  '/api/upload': '/api/photo/upload',
  '/api/upload/photo': '/api/photo/upload',
  // It needs a path of its own: the contract's routes would take `batch` for a product's id.
  '/api/merchant/products/batch': '/api/merchant/product-batch',
  '/api/merchant/reviews/pending': '/api/merchant/pending-reviews',
  '/api/merchant/lottery-stats': '/api/merchant/lottery/stats',
  '/api/merchant/lottery-config': '/api/merchant/lottery/config',
  '/api/merchant/lottery-probabilities': '/api/merchant/lottery/probabilities',
  '/api/merchant/reset-lottery-probabilities': '/api/merchant/lottery/reset-probabilities',
}

/** Routes of older clients that do the same as a route of the contract, with words of their own. */
export const routeAliases: readonly { method: string; path: string; of: { method: string; path: string } }[] = [
  { method: 'GET', path: '/api/user/points/today-trend', of: { method: 'GET', path: '/api/user/points/statistics' } },
  {
    method: 'PUT',
    path: '/api/merchant/product-batch',
    of: { method: 'POST', path: '/api/merchant/products/batch-update' },
  },
  {
    method: 'DELETE',
    path: '/api/merchant/product-batch',
    of: { method: 'POST', path: '/api/merchant/products/batch-delete' },
  },
  { method: 'GET', path: '/api/merchant/lottery/config', of: { method: 'GET', path: '/api/merchant/prizes' } },
  { method: 'PUT', path: '/api/merchant/lottery/config', of: { method: 'PUT', path: '/api/merchant/prizes' } },
  { method: 'POST', path: '/api/merchant/lottery/probabilities', of: { method: 'PUT', path: '/api/merchant/prizes' } },
  {
    method: 'POST',
    path: '/api/merchant/lottery/reset-probabilities',
    of: { method: 'PUT', path: '/api/merchant/prizes' },
  },
]

/** The paths on which older clients ask to become merchants. */
export const applications: readonly string[] = ['/api/merchant/apply', '/api/merchant/auth']

/** The path on which older clients check that the service is up. */
export const healthPath = '/api/health'
