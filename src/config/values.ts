import { isIP } from 'node:net'
import { z } from 'zod'

export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`))

export const integer = (fallback: number, min: number, max: number) => wholeNumber(min, max).default(fallback)

export const onOff = (fallback: boolean) =>
  z
    .enum(['on', 'off'])
    .transform((value) => value === 'on')
    .default(fallback)

/** What can be listened on. A URL's parser knows which names and numbers can be a host. */
export const listenHost = z
  .string()
  .refine(
    (host) => isIP(host) !== 0 || (/^([\w.-]+|\[[\da-f:.]+\])$/i.test(host) && URL.canParse(`http://${host}`)),
    'must be an address or a host name',
  )

export const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' })

/** A URL that is printed, so it must hold no password. */
export const plainUrl = httpUrl.refine(
  (url) => !URL.canParse(url) || new URL(url).username === '',
  'must hold no credentials',
)

/** A URL without a slash at its end: paths are appended to it. */
export const baseUrl = plainUrl.transform((url) => url.replace(/\/+$/, ''))

/** Values separated by commas, of a Chinese keyboard too. */
export const list = z.string().transform((text) =>
  text
    .split(/[,，]/)
    .map((value) => value.trim())
    .filter(Boolean),
)

export const urls = list.refine(
  (all) => z.array(httpUrl).max(10).safeParse(all).success,
  'must be at most 10 http(s) URLs',
)

/** Whether it is an origin as a browser sends it: scheme, host and port, no more. */
export const isOrigin = (text: string) => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text

export const timeZone = z.string().refine((zone) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}, 'is not a known time zone')
