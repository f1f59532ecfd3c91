import { expect } from 'bun:test'
import { addProduct, type NewProduct } from '../../src/exchange/add-product.ts'
import { newId } from '../../src/lib/random.ts'
import { adjust } from '../../src/merchant/counter/adjust.ts'
import { type StaffActor, systemActor } from '../../src/staff/actor.ts'
import type { Role } from '../../src/staff/roles.ts'
import { setRole } from '../../src/staff/set-role.ts'
import type { TestService } from './service.ts'

/** Someone signed in. */
export interface Person {
  userId: number
  phone: string
  token: string
  refreshToken: string
}

const devCode = '123456'
let phones = 0

/** A phone number that no other test person has. */
export function newPhone(): string {
  phones += 1
  return `139${String(phones).padStart(8, '0')}`
}

/** Signs a phone in with the development code. A new phone gets an account. */
export async function signIn({ client }: Pick<TestService, 'client'>, phone = newPhone()): Promise<Person> {
  const { code, data } = await client.post('/api/auth/login', { body: { phone, code: devCode } })
  expect(code).toBe(0)
  return { userId: data.user_info.user_id, phone, token: data.access_token, refreshToken: data.refresh_token }
}

/** Gives (or takes) points by a correction. */
export async function givePoints({ services }: TestService, { userId }: Person, points: number): Promise<void> {
  const correction = { userId, points, reason: 'test', adjustmentId: newId('ADJ'), actor: systemActor() }
  await services.till.run(adjust, correction)
}

/** The balance that the API shows. */
export async function balanceOf({ client }: TestService, { token }: Person): Promise<number> {
  return (await client.get('/api/user/status', { token })).data.total_points
}

/** Adds a product on sale with `stock` pieces. Returns its id. */
export async function newProduct(
  { services }: Pick<TestService, 'services'>,
  stock: number,
  fields: Partial<NewProduct['fields']> = {},
): Promise<number> {
  const product = { name: '测试商品', category: '热菜', exchange_points: 10, ...fields }
  const { answer } = await services.till.run(addProduct, {
    ...{ fields: product, stock },
    ...{ movementId: newId('MV'), actor: systemActor() },
  })
  return answer.product_id
}

/** Gives someone a role, or takes it away. */
export async function appoint(
  { services }: Pick<TestService, 'services'>,
  { userId }: Pick<Person, 'userId'>,
  role: Role | null,
): Promise<void> {
  await services.till.run(setRole, { who: { userId }, role, actor: systemActor() })
}

/** Signs a new phone in and gives them a role. */
export async function signInStaff(service: Pick<TestService, 'client' | 'services'>, role: Role): Promise<Person> {
  const person = await signIn(service)
  await appoint(service, person, role)
  return person
}

/** Signs a new phone in and makes them a manager. */
export const signInMerchant = (service: Pick<TestService, 'client' | 'services'>) => signInStaff(service, 'manager')

/** Someone of the staff, as their requests name them. */
export const actorOf = ({ userId }: Pick<Person, 'userId'>): StaffActor => ({ userId, addressId: 'test' })

/** One of the staff who does something that may need consent. */
export const askedBy = (person: Pick<Person, 'userId'>) => ({ actor: actorOf(person), newApprovalId: newId('AP') })

/** The business day, and the rules by which staff give points on it. */
export const giftTerms = ({ services, clock }: Pick<TestService, 'services' | 'clock'>) => ({
  day: services.calendar.dayOf(clock.now()),
  gifts: services.rules.gifts,
})
