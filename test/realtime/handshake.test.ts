import { afterEach, describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { usersTable } from '../../src/users/schema.ts'
import { signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { closeSockets, openSocket, until } from '../support/sockets.ts'

const service = useService()

afterEach(async () => {
  closeSockets()
  await until(() => service.services.realtime.sockets() === 0)
})

describe('the handshake', () => {
  test('a token is accepted in the query, in Authorization and in the subprotocols, on /ws and on /', async () => {
    const { token, userId } = await signIn(service)
    const bearer = { Authorization: `Bearer ${token}` }
    const ways = [
      { query: token },
      { headers: bearer },
      { protocols: ['bearer', token] },
      { query: token, path: '/' },
      { headers: bearer, path: '/' },
    ]
    for (const way of ways) {
      const socket = await openSocket(service.url, way)
      expect((await socket.next('connected')).data.user_id).toBe(userId)
      socket.close()
    }
  })

  test('the first subprotocol offered is echoed, whatever it is', async () => {
    const { token } = await signIn(service)
    for (const protocols of [['bearer', token], ['wss'], ['websocket', 'other']]) {
      const socket = await openSocket(service.url, { query: token, protocols })
      expect(socket.protocol).toBe(protocols[0] ?? '')
      socket.close()
    }
  })

  test('a bad token, an ended session and a banned account are refused with HTTP 401 and not upgraded', async () => {
    const ended = await signIn(service)
    await service.client.post('/api/auth/logout', { token: ended.token })
    const banned = await signIn(service)
    await ban(banned.userId)
    const tokens = ['nonsense', ended.token, banned.token, ended.refreshToken]
    for (const token of tokens) {
      const response = await fetch(`${service.url}/ws?token=${token}`, { headers: upgradeHeaders })
      expect(response.status).toBe(401)
      expect(await response.json()).toMatchObject({ data: null })
    }
  })

  test('a socket without a token authenticates with its first frame', async () => {
    const { token, userId } = await signIn(service)
    const socket = await openSocket(service.url, { path: '/ws?token=' })
    socket.send({ type: 'auth', token })
    socket.send({ type: 'ping' })
    await socket.next('pong')
    expect(socket.frames.map(({ type }) => type)).toEqual(['connected', 'pong'])
    expect(socket.frames[0]?.data.user_id).toBe(userId)
  })

  test('a socket that sends nothing for 5 s, another first frame or a bad token is closed with 4401', async () => {
    const [silent, rude, wrong] = [
      await openSocket(service.url),
      await openSocket(service.url),
      await openSocket(service.url),
    ]
    rude.send({ type: 'ping' })
    wrong.send({ type: 'auth', token: 'nonsense' })
    expect(await Promise.all([rude.closed, wrong.closed])).toEqual([4401, 4401])
    service.clock.advance(5_000)
    expect(await silent.closed).toBe(4401)
    expect([...silent.frames, ...rude.frames, ...wrong.frames]).toEqual([])
  })

  test('/ws tells a request without an upgrade that it needs one, and / answers the page', async () => {
    const plain = await fetch(`${service.url}/ws`)
    expect([plain.status, plain.headers.get('Upgrade')]).toEqual([426, 'websocket'])
    expect(plain.headers.get('X-Api-Code')).toBe('9001')
    expect((await fetch(service.url)).headers.get('Content-Type')).toStartWith('text/html')
  })
})

const upgradeHeaders = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
}

async function ban(userId: number): Promise<void> {
  await service.database.orm.update(usersTable).set({ status: 'banned' }).where(eq(usersTable.user_id, userId))
}
