import { createHmac, timingSafeEqual } from 'node:crypto'

/** Links to private images. Whoever has a link sees its image for a while, because an image tag can send no token. */
export interface ImageLinks {
  /** A path that is good for one to two hours. Within an hour it stays the same, so clients can cache the image. */
  linkTo(name: string): string
  /** For how many more seconds a link is good; undefined when it is forged, altered or expired. */
  secondsLeft(name: string, expires: string, signature: string): number | undefined
}

const hour_s = 3_600

/**
 * @param secret signs the links; at least 32 characters
 * @param previousSecret links signed by it are still good, so that the secret can be rotated
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
