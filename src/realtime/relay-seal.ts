import { createHmac, timingSafeEqual } from 'node:crypto'
import { randomCode } from '../lib/random.ts'

/** Protects the messages between replicas with a MAC, so that nobody else who can write to Redis is believed. */
export interface RelaySeal {
  /** The channels to listen to. The first is the one to send on. */
  readonly channels: readonly [string, ...string[]]
  seal(body: string): string
  /** Returns another replica's message, `own` for one of ours, or `forged` for one that is false or was sent again. */
  open(text: string): { body: string } | 'own' | 'forged'
}

/**
 * A message is its MAC, its sender, its number and its body, with blanks between them. A sender's numbers grow, so a
 * message that was overheard can't be sent again.
 * @param previousSecret also accepted, so that replicas hear each other during a rotation
 */
export function createRelaySeal(secret: string, previousSecret: string | undefined): RelaySeal {
  const secrets: [string, ...string[]] = previousSecret ? [secret, previousSecret] : [secret]
  const sender = randomCode(16)
  const lastOf = new Map<string, number>()
  let number = 0
  const isSealed = (mac: string, message: string) => {
    const given = Buffer.from(mac, 'base64url')
    return secrets.some((key) => {
      const right = macOf(key, message)
      return given.length === right.length && timingSafeEqual(given, right)
    })
  }
  return {
    channels: secrets.map(channelOf) as [string, ...string[]],
    seal(body) {
      number += 1
      const message = `${sender} ${number} ${body}`
      return `${macOf(secret, message).toString('base64url')} ${message}`
    },
    open(text) {
      const [, mac, message, from = '', count, body] = /^(\S+) ((\S+) (\d{1,15}) (.*))$/s.exec(text) ?? []
      if (mac === undefined || message === undefined || body === undefined || !isSealed(mac, message)) return 'forged'
      if (from === sender) return 'own'
      if (Number(count) <= (lastOf.get(from) ?? 0)) return 'forged'
      lastOf.set(from, Number(count))
      return { body }
    },
  }
}

/** Deployments that share one Redis have different channels. */
function channelOf(secret: string): string {
  return `restaurant-points:${createHmac('sha256', secret).update('relay-channel').digest('hex').slice(0, 16)}`
}

function macOf(secret: string, message: string): Buffer {
  return createHmac('sha256', secret).update(`relay-message\n${message}`).digest()
}
