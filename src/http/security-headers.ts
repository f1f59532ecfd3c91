/**
 * What browsers of today heed (OWASP REST Security Cheat Sheet); nothing is framed, sniffed or run.
 * X-Frame-Options is left out: `frame-ancestors` took its place.
 */
export const securityHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const

/** Told to browsers that came by https: to come by nothing else for a year (RFC 6797). */
export const strictTransport = 'max-age=31536000; includeSubDomains'
