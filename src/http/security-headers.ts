/**
 * The headers that current browsers obey (OWASP REST Security Cheat Sheet). They forbid framing, sniffing and scripts.
 * X-Frame-Options is left out because `frame-ancestors` replaces it.
 */
export const securityHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const

/** Tells browsers to use https alone for a year (RFC 6797). */
export const strictTransport = 'max-age=31536000; includeSubDomains'
