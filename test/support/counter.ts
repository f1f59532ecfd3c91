import { exchange } from './exchange.ts'
import { newProduct, type Person } from './people.ts'
import type { TestService } from './service.ts'

/** An order of two pieces: its number, and the code of its voucher. */
export async function newOrder(service: TestService, diner: Person): Promise<{ code: string; exchange_id: string }> {
  const { exchange_code, exchange_id } = await exchange(service, diner, await newProduct(service, 5), 2)
  return { code: exchange_code, exchange_id }
}

/** What one of the staff asks of a voucher. */
export const counterOf = (service: Pick<TestService, 'client'>, staff: () => Pick<Person, 'token'>) => ({
  look: (code: string) => service.client.get(`/api/merchant/vouchers/${code}`, { token: staff().token }),
  take: (code: string, idempotencyKey?: string) =>
    service.client.post(`/api/merchant/vouchers/${code}/redeem`, {
      token: staff().token,
      ...(idempotencyKey ? { idempotencyKey } : {}),
    }),
})
