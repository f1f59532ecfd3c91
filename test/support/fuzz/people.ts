import { openDatabase } from '../../../src/db/client.ts'
import type { Answer, Client } from '../client.ts'
import { newPhone } from '../people.ts'
import { runCommand } from '../process.ts'
import type { WechatServer } from '../wechat.ts'
import type { FuzzRequest, Sender } from './requests.ts'
import type { Known } from './values.ts'

const mostKept = 60

/** The people who send the requests, and the values that the service has told them. */
export interface Cast {
  token(sender: Sender): string | undefined
  known: Known
  learn(answer: Answer): void
  /** Signs a person in again whose session the request ended. */
  revive(request: FuzzRequest, answer: Answer): Promise<void>
}

/** By name of a value that the service told: the names in the document where it may be used. */
const uses: Record<string, readonly string[]> = {
  product_id: ['product_id', 'id'],
  user_id: ['id'],
  upload_id: ['upload_id'],
  exchange_id: ['exchange_id'],
  exchange_code: ['code'],
  code: ['code'],
  refresh_token: ['refresh_token'],
  prizes: ['prizes'],
  pity_prize_id: ['pity_prize_id'],
  category: ['category'],
}

/** Signs the cast in: a user and a merchant with points, and someone banned. Known values also hold codes of WeChat. */
export async function signInCast(client: Client, databaseUrl: string, wechat: WechatServer): Promise<Cast> {
  const phones = { user: newPhone(), merchant: newPhone(), banned: newPhone() }
  const tokens = new Map<Sender, string>([['forger', 'eyJhbGciOiJub25lIn0.eyJ1c2VyX2lkIjoxfQ.']])
  const known = new Map<string, unknown[]>()
  const keep = (name: string, value: unknown) => {
    const values = known.get(name) ?? []
    known.set(name, [value, ...values.filter((other) => other !== value)].slice(0, mostKept))
  }
  const enter = async (who: 'user' | 'merchant' | 'banned') => {
    const { data } = await client.post('/api/auth/login', { body: { phone: phones[who], code: '123456' } })
    tokens.set(who, data.access_token)
    return data.user_info.user_id as number
  }
  const people = [await enter('user'), await enter('merchant')]
  await runCommand(['merchant', 'grant', phones.merchant], { DATABASE_URL: databaseUrl })
  for (const id of people.flatMap((person) => Array<number>(5).fill(person))) {
    const body = { points: 100_000, reason: 'fuzz' }
    await client.post(`/api/merchant/users/${id}/points`, { token: tokens.get('merchant'), body })
  }
  await ban(databaseUrl, await enter('banned'))
  for (const phone of [...Object.values(phones), newPhone()]) for (const name of ['phone', 'mobile']) keep(name, phone)
  keep('code', '123456')
  for (const page of ['1', '2']) keep('page', page)
  for (const limit of ['1', '20', '100']) keep('limit', limit)
  for (const points of ['0', '500']) for (const name of ['min_points', 'max_points']) keep(name, points)

  return {
    token: (sender) => tokens.get(sender),
    known(name) {
      // A code of WeChat works once, so each use gets a new code, of one of a few people.
      if (name === 'js_code') return [wechat.jsCode(`oFuzz${Math.floor(performance.now()) % 5}`)]
      if (name === 'phone_code') return [wechat.phoneCode(phones.user)]
      return known.get(name) ?? []
    },
    learn({ data }) {
      walk(data, (name, value) => {
        for (const use of uses[name] ?? []) keep(use, value)
      })
    },
    async revive({ sender }, { code }) {
      if (code === 2002 && (sender === 'user' || sender === 'merchant')) await enter(sender)
    },
  }
}

async function ban(databaseUrl: string, userId: number): Promise<void> {
  const database = openDatabase({ address: { uri: databaseUrl }, poolSize: 2 })
  await database.query("UPDATE users SET status = 'banned' WHERE user_id = ?", [userId])
  await database.close()
}

function walk(value: unknown, tell: (name: string, value: unknown) => void): void {
  if (typeof value !== 'object' || value === null) return
  for (const [name, inner] of Object.entries(value)) {
    if (inner !== null) tell(name, inner)
    walk(inner, tell)
  }
}
