import { beforeEach } from 'bun:test'
import type { AuditRecord } from '../../src/staff/wire.ts'
import { type Person, signIn, signInStaff } from './people.ts'
import type { TestService } from './service.ts'

const base = '/api/merchant'

export interface AskOptions {
  /** The manager, unless this says otherwise. */
  by?: Person
  key?: string
  /** Whether the caller knows approvals, as the console does. */
  knows?: boolean
}

/** An owner, a manager and a diner, new for each test, and what they ask of the service. */
export function useApprovals(service: TestService) {
  const people = {} as Record<'owner' | 'manager' | 'diner', Person>
  beforeEach(async () => {
    people.owner = await signInStaff(service, 'owner')
    people.manager = await signInStaff(service, 'manager')
    people.diner = await signIn(service)
  })
  const send = (
    method: 'post' | 'put',
    path: string,
    body: object,
    { by = people.manager, key, knows = true }: AskOptions = {},
  ) =>
    service.client[method](`${base}${path}`, {
      token: by.token,
      body,
      ...(knows ? { headers: { 'X-Approvals': '1' } } : {}),
      ...(key ? { idempotencyKey: key } : {}),
    })
  const correct = (points: number, options: AskOptions & { to?: Person } = {}) =>
    send('post', `/users/${(options.to ?? people.diner).userId}/points`, { points, reason: '补偿' }, options)
  const review = (upload_id: string, claim: object = {}, options: AskOptions = {}) =>
    send('post', '/review', { upload_id, action: 'approve', ...claim }, options)
  const decide = (id: string, action = 'approve', options: AskOptions = {}) =>
    send('post', `/approvals/${id}`, { action }, { by: people.owner, ...options })
  const list = async (status = 'pending', by = people.owner) =>
    (await service.client.get(`${base}/approvals?status=${status}`, { token: by.token })).data.approvals
  const audited = async (action: string): Promise<AuditRecord[]> =>
    (await service.client.get(`${base}/audit?action=${action}`, { token: people.owner.token })).data.records
  return { people, send, correct, review, decide, list, audited }
}

/** The codes of answers, lowest first. */
export const codesOf = (answers: readonly { code: number }[]) =>
  answers.map(({ code }) => code).toSorted((a, b) => a - b)
