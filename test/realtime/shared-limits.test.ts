import { expect, test } from 'bun:test'
import { newPhone } from '../support/people.ts'
import { until } from '../support/sockets.ts'
import { realtimeOf, start_ms, useTwoReplicas } from '../support/two-replicas.ts'

const { redis, startReplica } = await useTwoReplicas()

test(
  'a rate limit holds across replicas, and on each replica alone while Redis is away',
  async () => {
    const limited = { RATE_LIMIT: 'on', RATE_LIMIT_LOGIN: '6' } as const
    const [a, b] = await Promise.all([startReplica(limited), startReplica(limited)])
    const login = async (url: string) => {
      const headers = { 'Content-Type': 'application/json' }
      const body = JSON.stringify({ phone: '13812345678', code: '000000' })
      const response = await fetch(`${url}/api/auth/login`, { method: 'POST', headers, body })
      return response.headers.get('X-Api-Code')
    }
    const codes: (string | null)[] = []
    for (let i = 0; i < 8; i += 1) codes.push(await login(i % 2 === 0 ? a.url : b.url))
    expect(codes).toEqual([...Array(6).fill('1002'), '9006', '9006'])
    await redis.kill()
    await until(async () => (await realtimeOf(a.url)) === 'away')
    expect(await login(a.url)).toBe('1002')
    await redis.start()
    await Promise.all([a.kill('SIGTERM'), b.kill('SIGTERM')])
  },
  start_ms,
)

test(
  'codes of one address and of the whole site are counted by all replicas together',
  async () => {
    const budget = { SEND_CODE_PER_ADDRESS_HOUR: '6', SMS_PER_HOUR: '9', TRUST_PROXY: '1' }
    const limited = { ...budget, RATE_LIMIT: 'on' } as const
    const [a, b] = await Promise.all([startReplica(limited), startReplica(limited)])
    let turns = 0
    const sendCode = async (phone: string, address: string) => {
      turns += 1
      const headers = { 'Content-Type': 'application/json', 'X-Forwarded-For': address }
      const url = turns % 2 === 0 ? a.url : b.url
      const request = { method: 'POST', headers, body: JSON.stringify({ phone }) }
      return (await fetch(`${url}/api/auth/send-code`, request)).headers.get('X-Api-Code')
    }
    const codes: (string | null)[] = []
    for (let i = 0; i < 8; i += 1) codes.push(await sendCode(newPhone(), '203.0.113.1'))
    expect(codes).toEqual([...Array(6).fill('0'), '9006', '9006'])
    const phone = newPhone()
    expect(await sendCode(phone, '203.0.113.2')).toBe('0')
    for (let i = 0; i < 4; i += 1) expect(await sendCode(phone, '203.0.113.3')).toBe('1003')
    const last = []
    for (let i = 4; i < 8; i += 1) last.push(await sendCode(newPhone(), `203.0.113.${i}`))
    expect(last).toEqual(['0', '0', '1003', '1003'])
    await Promise.all([a.kill('SIGTERM'), b.kill('SIGTERM')])
  },
  start_ms,
)
