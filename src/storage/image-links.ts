import { createHmac, timingSafeEqual } from 'node:crypto'

/** Links that let whoever holds them see one private image for a while: an image tag sends no token. */
export interface ImageLinks {
  /** A path of our own, good for one to two hours; the same within an hour, so that clients keep what they have. */
  linkTo(name: string): string
  /** Seconds for which a link is good yet, or undefined for one that is forged, altered or expired. */
  secondsLeft(name: string, expires: string, signature: string): number | undefined
}

const hour_s = 3_600

/**
 * @param secret at least 32 characters; it signs.
 * @param previousSecret still good, for rotation; links signed by any other are not.
 */
export function createImageLinks(secret: string, previousSecret: string | undefined, now: () => Date): ImageLinks {
  const secrets = previousSecret ? [secret, previousSecret] : [secret]
  const sign = (name: string, expires: number | string, key = secret) =>
    createHmac('sha256', key).update(`image-link\n${name}\n${expires}`).digest()
  const now_s = () => Math.floor(now().getTime() / 1_000)
  return {
    linkTo(name) {
      const expires = (Math.floor(now_s() / hour_s) + 2) * hour_s
      return `/images/${name}?expires=${expires}&signature=${sign(name, expires).toString('base64url')}`
    },
    secondsLeft(name, expires, signature) {
      if (!/^\d{1,12}$/.test(expires)) return undefined
      const given = Buffer.from(signature, 'base64url')
      const isRight = (right: Buffer) => given.length === right.length && timingSafeEqual(given, right)
      if (!secrets.some((key) => isRight(sign(name, expires, key)))) return undefined
      const left = Number(expires) - now_s()
      return left > 0 ? left : undefined
    },
  }
}
