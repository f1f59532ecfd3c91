import { beforeEach, describe, expect, test } from 'bun:test'
import { createApp } from '../../src/app.ts'
import { documentedRoutes } from '../../src/http/openapi.ts'
import { isBare } from '../../src/http/operation-docs.ts'
import { type Role, rightsOf, roles } from '../../src/staff/roles.ts'
import { newPhone, type Person, signIn, signInStaff } from '../support/people.ts'
import { useService } from '../support/service.ts'

const service = useService({ DIALECTS: 'on' })

const managers: readonly Role[] = ['owner', 'manager']
const reviewers: readonly Role[] = ['owner', 'manager', 'reviewer']
const cashiers: readonly Role[] = ['owner', 'manager', 'cashier']
const readers: readonly Role[] = ['owner', 'manager', 'auditor']

/** Who may call each route of the staff. */
const expected: Record<string, readonly Role[]> = {
  'GET /me': roles,
  'GET /staff': ['owner'],
  'POST /staff': ['owner'],
  'DELETE /staff/:user_id': ['owner'],
  'GET /audit': readers,
  'GET /approvals': managers,
  'POST /approvals/:id': managers,
  'GET /system': ['owner', 'auditor'],
  'POST /jobs/:name/run': ['owner'],
  'GET /statistics': ['owner', 'manager', 'reviewer', 'auditor'],
  'GET /figures': readers,
  'GET /pending-reviews': reviewers,
  'POST /review': reviewers,
  'POST /batch-review': reviewers,
  'GET /reviews/history': ['owner', 'manager', 'reviewer', 'auditor'],
  'GET /uploads/:upload_id': ['owner', 'manager', 'reviewer', 'auditor'],
  'GET /products': managers,
  'POST /products': managers,
  'POST /images': managers,
  'PUT /products/:id': managers,
  'DELETE /products/:id': managers,
  'POST /products/batch-update': managers,
  'POST /products/batch-delete': managers,
  'POST /products/:id/stock': managers,
  'GET /product-stats': readers,
  'GET /prizes': managers,
  'PUT /prizes': managers,
  'DELETE /prizes/next': managers,
  'POST /prizes/:id/stock': managers,
  'POST /wheel/close': managers,
  'POST /wheel/open': managers,
  'GET /lottery/stats': readers,
  'GET /vouchers/:code': cashiers,
  'POST /vouchers/:code/redeem': cashiers,
  'GET /users': managers,
  'GET /members/:member_code': cashiers,
  'POST /users/:id/points': managers,
  'GET /users/:id/points': readers,
  // Of older builds; nobody makes themselves one of the staff.
  'PUT /product-batch': managers,
  'DELETE /product-batch': managers,
  'GET /lottery/config': managers,
  'PUT /lottery/config': managers,
  'POST /lottery/probabilities': managers,
  'POST /lottery/reset-probabilities': managers,
  'POST /apply': [],
  'POST /auth': [],
}

const base = '/api/merchant'
const staffRoutes = () =>
  documentedRoutes(createApp(service.services))
    .filter(({ path }) => path.startsWith(`${base}/`))
    .map(({ method, path, docs }) => ({ id: `${method} ${path.slice(base.length)}`, method, path, docs }))

/** Calls a route with names of nothing and an empty body: whoever may call it is told that, and changes nothing. */
async function call({ method, path }: { method: string; path: string }, token?: string) {
  const response = await fetch(`${service.url}${path.replace(/:\w+/g, '999999999')}`, {
    method,
    headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    ...(method === 'GET' ? {} : { body: '{}' }),
  })
  const { data } = (await response.json()) as { data: { required?: string } | null }
  return { code: Number(response.headers.get('X-Api-Code')), data }
}

describe('the staff’s routes', () => {
  let people: Map<Role, Person>
  beforeEach(async () => {
    people = new Map()
    for (const role of roles) people.set(role, await signInStaff(service, role))
  })

  test('every route of the staff names its rights, and stands in the table of this test', () => {
    const routes = staffRoutes()
    expect(routes.map(({ id }) => id).toSorted()).toEqual(Object.keys(expected).toSorted())
    for (const { id, docs } of routes) {
      const rights = isBare(docs) ? undefined : docs.rights
      expect(rights === undefined, `${id} names no rights`).toBe(expected[id]?.length === 0)
    }
  })

  test('every route lets exactly the roles of the table through, and tells the others which right they lack', async () => {
    const diner = await signIn(service)
    const wrong: string[] = []
    for (const route of staffRoutes()) {
      const able = expected[route.id] ?? []
      for (const role of roles) {
        const { code, data } = await call(route, people.get(role)?.token)
        const isOut = able.length === 0 ? code === 2005 : code === 2007 && typeof data?.required === 'string'
        const isIn = ![1000, 2000, 2001, 2002, 2005, 2007, 6000].includes(code)
        if (able.includes(role) ? !isIn : !isOut) wrong.push(`${role} ${route.id}: ${code}`)
      }
      if ((await call(route, diner.token)).code !== 2005) wrong.push(`a diner ${route.id}`)
      if ((await call(route)).code !== 2001) wrong.push(`nobody ${route.id}`)
    }
    expect(wrong).toEqual([])
  })

  test('a route that names no rights is nobody’s, not even an owner’s', async () => {
    expect((await call({ method: 'POST', path: `${base}/apply` }, people.get('owner')?.token)).code).toBe(2005)
  })

  test('each of the staff is told their role and what it may do, and all are merchants to older builds', async () => {
    for (const [role, { token, userId }] of people) {
      const { data } = await service.client.get(`${base}/me`, { token })
      const budgets = { discretionary: { limit: 5_000, used: 0 }, reviews: { limit: 1_000_000, used: 0 } }
      expect(data).toEqual({ user_id: userId, role, permissions: rightsOf(role), budgets })
      expect((await service.client.get('/api/user/info', { token })).data.user_info.is_merchant).toBe(true)
      expect((await service.client.get('/api/user/status', { token })).data.is_merchant).toBe(true)
    }
    expect(rightsOf('auditor')).toEqual(['statistics', 'ledgers', 'audit', 'system'])
    expect(rightsOf('cashier')).toEqual(['member_codes', 'vouchers'])
    expect(rightsOf('reviewer')).toEqual(['reviews', 'own_figures'])
  })

  test('a reviewer sees their own figures, and not the restaurant’s', async () => {
    const { data } = await service.client.get(`${base}/statistics`, { token: people.get('reviewer')?.token })
    expect(data.personal).toEqual({ total: 0, approved: 0, rejected: 0, points_awarded: 0 })
    for (const figure of ['points', 'draws', 'new_users', 'series']) expect(data).not.toHaveProperty(figure)
    const auditor = await service.client.get(`${base}/statistics`, { token: people.get('auditor')?.token })
    expect(auditor.data).toHaveProperty('points')
  })

  test('the document says which rights open a route', async () => {
    const { paths } = (await (await fetch(`${service.url}/api/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { 'x-rights'?: string[]; 'x-refusals': number[] }>>
    }
    const review = paths[`${base}/review`]?.post
    expect([review?.['x-rights'], review?.['x-refusals']]).toEqual([
      ['reviews'],
      expect.arrayContaining([2005, 2007]) as number[],
    ])
    expect(paths['/api/lottery/draw']?.post?.['x-rights']).toBeUndefined()
  })

  test('bad words are refused clearly, by field', async () => {
    const token = people.get('owner')?.token
    const grant = (body: object) => service.client.post(`${base}/staff`, { token, body })
    for (const body of [
      {},
      { mobile: newPhone() },
      { mobile: newPhone(), role: 'boss' },
      { mobile: '1', role: 'owner' },
    ])
      expect((await grant(body)).code).toBe(9000)
    for (const id of ['0', 'x', '99999999999', '999999999'])
      expect((await service.client.delete(`${base}/staff/${id}`, { token })).code).toBe(2003)
    for (const query of ['actor_id=x', 'action=%E4%B8%AD', 'from=today', 'page=0'])
      expect((await service.client.get(`${base}/audit?${query}`, { token })).code).toBe(9000)
  })
})
