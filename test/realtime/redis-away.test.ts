import { describe, expect, test } from 'bun:test'
import { givePoints, newProduct, signIn } from '../support/people.ts'
import { startRedisProxy } from '../support/redis.ts'
import { connectAs, until } from '../support/sockets.ts'
import { buy, realtimeOf, start_ms, useTwoReplicas } from '../support/two-replicas.ts'

const replicas = await useTwoReplicas()
const { service, redis, startReplica } = replicas

describe('without Redis for a while', () => {
  test(
    'while Redis is away each replica works alone and reports it, and afterwards they work together again',
    async () => {
      const person = await signIn(service)
      const product = await newProduct(service, 100)
      const [here, there] = [await connectAs(service.url, person), await connectAs(replicas.other.url, person)]
      await redis.kill()
      await replicas.bothSay('away')
      expect((await buy(replicas.client, person, product)).code).toBe(0)
      await there.next('points_update')
      expect(here.of('points_update')).toEqual([])
      await redis.start()
      await replicas.bothSay('ok')
      expect((await buy(replicas.client, person, product)).code).toBe(0)
      expect((await here.next('points_update')).data.total_points).toBe(980)
      await there.next('points_update', 2)
      await Bun.sleep(300)
      expect([here.of('points_update').length, there.of('points_update').length]).toEqual([1, 2])
    },
    start_ms,
  )

  test(
    'while Redis hangs, requests are answered and health reports it as away; afterwards everything recovers',
    async () => {
      const person = await signIn(service)
      const socket = await connectAs(replicas.other.url, person)
      redis.pause()
      await givePoints(service, person, 5)
      await until(async () => (await realtimeOf(service.url)) === 'away', 15_000)
      redis.resume()
      await replicas.bothSay('ok', 15_000)
      await givePoints(service, person, 6)
      await until(() => socket.of('points_update').at(-1)?.data.total_points === 1_011)
    },
    start_ms,
  )
})

test(
  'a replica whose listening connection died silently reports Redis as away, and reconnects',
  async () => {
    const proxy = startRedisProxy(redis.url)
    const replica = await startReplica({ REDIS_URL: proxy.url })
    await until(async () => (await realtimeOf(replica.url)) === 'ok', 10_000)
    proxy.deafen()
    await until(async () => (await realtimeOf(replica.url)) === 'away', 15_000)
    await replica.kill('SIGTERM')
    proxy.stop()
  },
  start_ms,
)
