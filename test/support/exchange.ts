import type { Person } from './people.ts'
import type { TestService } from './service.ts'

/** Exchanges points for a product. Returns what the diner is told of the order. */
export async function exchange(
  { client }: Pick<TestService, 'client'>,
  { token }: Pick<Person, 'token'>,
  product_id: number,
  quantity = 1,
) {
  return (await client.post('/api/exchange/submit', { token, body: { product_id, quantity } })).data
}
