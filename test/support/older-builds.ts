import { afterAll, afterEach, beforeEach, expect } from 'bun:test'
import { allUses, type Phone, phoneOf, type WxAnswer, type WxOptions } from './mini-program.ts'
import { type Person, signIn, signInMerchant } from './people.ts'
import { type TestService, useService } from './service.ts'

/** A service that speaks to older builds, with a phone, a diner and one of the staff, new for each test. */
export interface OlderBuilds {
  service: TestService
  readonly phone: Phone
  readonly diner: Person
  readonly staff: Person
  /** Calls as the diner, unless `options` say otherwise. */
  call(path: string, options?: WxOptions): Promise<WxAnswer>
  post(path: string, data: Record<string, unknown>, options?: WxOptions): Promise<WxAnswer>
  get(path: string, data?: Record<string, unknown>, options?: WxOptions): Promise<WxAnswer>
  asStaff(): { token: string }
}

/** Which aliases each subject's tests have to meet; an alias belongs to the first subject that it fits. */
const aliasesOf = {
  'answers about goods and receipts':
    /^(?!socket|.*wx-login).*(exchange|product|photo|review|merchant\/statistics).* > /,
  'other answers': /^(?!socket|.*wx-login).* > /,
  'other files':
    / > |^socket|^retry|lottery[/-](config|probabilities|reset)|reset-lottery|api\/merchant\/product-batch$/,
  paths: /^\/api\//,
  receipts: /^POST \/api\/(merchant\/(batch-)?review|photo\/upload) < /,
  products: /product-batch < |(batch-update|POST \/api\/merchant\/products) < .*on the phone$|user\/info < avatar/,
  codes: /^code of |^message$/,
  requests: /^/,
}

type Subject = keyof typeof aliasesOf

function subjectOf(alias: string): Subject | undefined {
  return (Object.keys(aliasesOf) as Subject[]).find((subject) => aliasesOf[subject].test(alias))
}

/** Sets up {@link OlderBuilds}. The file fails when its tests leave out an alias of its subject. */
export function useOlderBuilds(subject: Subject): OlderBuilds {
  const service = useService({ DIALECTS: 'on' })
  let people: { phone: Phone; diner: Person; staff: Person } | undefined
  let uses = new Map<string, number>()
  const now = () => {
    if (!people) throw new Error('nobody has come yet')
    return people
  }
  beforeEach(async () => {
    people = { phone: phoneOf(service), diner: await signIn(service), staff: await signInMerchant(service) }
  })
  afterEach(async () => {
    uses = await allUses(service)
  })
  afterAll(() => {
    const unmet = [...uses].filter(([alias, count]) => subjectOf(alias) === subject && count === 0)
    expect(
      unmet.map(([alias]) => alias),
      `no test of ${subject} met these`,
    ).toEqual([])
  })
  const call: OlderBuilds['call'] = (path, options = {}) =>
    now().phone.request(path, { token: now().diner.token, ...options })
  return {
    service,
    get phone() {
      return now().phone
    },
    get diner() {
      return now().diner
    },
    get staff() {
      return now().staff
    },
    call,
    post: (path, data, options = {}) => call(path, { method: 'POST', data, ...options }),
    get: (path, data = {}, options = {}) => call(path, { data, ...options }),
    asStaff: () => ({ token: now().staff.token }),
  }
}

/** The code that older builds read, and the true one. */
export const codeOf = ({ data, header }: WxAnswer) => [data.code, Number(header.get('X-Api-Code'))]
