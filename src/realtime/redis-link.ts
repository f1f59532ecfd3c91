import { randomInt } from 'node:crypto'
import { RedisClient } from 'bun'
import type { Logger } from 'pino'
import { within } from '../lib/within.ts'

/** A connection to Redis or Valkey that reconnects and checks itself, for channels and for commands. */
export interface RedisLink {
  /** False while Redis is away. Nothing is sent then, and the service works without it. */
  readonly isReady: boolean
  /** Resolves at the first connection, or after `most_ms`. */
  settled(most_ms: number): Promise<void>
  /** Publishes to all subscribers, this process included. Returns false when it could not be sent. */
  publish(text: string): Promise<boolean>
  /** @throws {Error} when Redis is away or doesn't answer in time. */
  send(command: string, args: string[]): Promise<unknown>
  close(): Promise<void>
}

export interface RedisLinkOptions {
  url: string
  /** The channels it subscribes to. It publishes on the first. */
  channels: readonly [string, ...string[]]
  onMessage: (text: string) => void
  /** Called at each connection. Messages that were sent before it are lost. */
  onReady: () => void
  logger: Logger
}

const connectTimeout_ms = 2_000
/** A request waits for a command, so its limit is short. A heartbeat only checks that Redis is there. */
const answerTimeout_ms = { command: 300, beat: 1_000 }
const beatEvery_ms = 2_000
const shortestPause_ms = 100
const longestPause_ms = 3_000
/** With more unanswered commands than this, Redis hangs, and no more are sent. */
const mostUnanswered = 1_000

export function createRedisLink(options: RedisLinkOptions): RedisLink {
  const [ownChannel] = options.channels
  let commands: RedisClient | undefined
  let unanswered = 0
  let closed = false
  const closing = Promise.withResolvers<void>()
  const first = Promise.withResolvers<void>()

  const ask = async (question: (client: RedisClient) => Promise<unknown>, most_ms = answerTimeout_ms.command) => {
    if (!commands || unanswered >= mostUnanswered) throw new Error('Redis is away')
    unanswered += 1
    const answer = question(commands).finally(() => {
      unanswered -= 1
    })
    return inTime(answer, most_ms)
  }

  /** Connects and stays connected. Resolves or rejects when the connection ends. */
  const live = async () => {
    const pair = [openClient(options.url), openClient(options.url)] as const
    const [sender, listener] = pair
    try {
      const lost = Promise.race(pair.map(({ ended }) => ended))
      await inTime(Promise.all(pair.map(({ client }) => client.connect())), connectTimeout_ms)
      await inTime(listener.client.subscribe([...options.channels], options.onMessage), connectTimeout_ms)
      const beat = await heartbeat(listener.client, `${ownChannel}:${crypto.randomUUID()}`, (channel) =>
        ask((client) => client.publish(channel, ''), answerTimeout_ms.beat),
      )
      commands = sender.client
      options.onReady()
      first.resolve()
      const over = Promise.race([lost, closing.promise])
      while (!closed && (await within(over, beatEvery_ms, 'quiet')) === 'quiet') {
        await Promise.race([closing.promise, beat()])
      }
    } finally {
      commands = undefined
      for (const { client } of pair) client.close()
    }
  }

  const keepUp = async () => {
    for (let failures = 0; !closed; failures += 1) {
      const startedAt = performance.now()
      const error = await live().catch((reason: unknown) => reason)
      if (closed) return
      if (performance.now() - startedAt > beatEvery_ms) failures = 0
      if (failures === 0) options.logger.warn({ err: error ?? new Error('connection closed') }, 'Redis is away')
      const pause_ms = Math.min(longestPause_ms, shortestPause_ms * 2 ** Math.min(failures, 10))
      await within(closing.promise, randomInt(shortestPause_ms / 2, pause_ms), undefined)
    }
  }
  const kept = keepUp()

  return {
    get isReady() {
      return commands !== undefined
    },
    settled: (most_ms) => within(first.promise, most_ms, undefined),
    publish: (text) =>
      ask((client) => client.publish(ownChannel, text)).then(
        () => true,
        () => false,
      ),
    send: (command, args) => ask((client) => client.send(command, args)),
    async close() {
      closed = true
      closing.resolve()
      await kept
    },
  }
}

/** Opens a client that never reconnects. A new one replaces it, so that no listener gets a message twice. */
function openClient(url: string): { client: RedisClient; ended: Promise<string> } {
  const client = new RedisClient(url, {
    autoReconnect: false,
    enableOfflineQueue: false,
    connectionTimeout: connectTimeout_ms,
  })
  const ended = new Promise<string>((resolve) => {
    client.onclose = () => resolve('closed')
  })
  return { client, ended }
}

async function inTime<T>(answer: Promise<T>, most_ms: number): Promise<T> {
  const late = Symbol('late')
  const told = await within(answer, most_ms, late)
  if (told === late) throw new Error(`Redis did not answer within ${most_ms} ms`)
  return told as T
}

/** Sends a message to itself, out over one connection and in over the other: either may have died silently. */
async function heartbeat(listener: RedisClient, channel: string, say: (channel: string) => Promise<unknown>) {
  let heard = () => {}
  await inTime(
    listener.subscribe(channel, () => heard()),
    connectTimeout_ms,
  )
  return async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    heard = resolve
    await say(channel)
    await inTime(promise, answerTimeout_ms.beat)
  }
}
