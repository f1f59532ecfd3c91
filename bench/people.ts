import type { Stage } from './stage.ts'

/** Someone signed in. */
export interface Person {
  userId: number
  phone: string
  token: string
}

const devCode = '123456'
const atOnce = 64

/** The phone with this index; no two are the same. */
export function phoneOf(index: number): string {
  return `137${String(index).padStart(8, '0')}`
}

export function loginBody(phone: string): object {
  return { phone, code: devCode }
}

/** Signs `count` people in at the service, and gives each plenty of points. */
export async function makePeople(stage: Stage, url: string, count: number): Promise<Person[]> {
  const people: Person[] = []
  let taken = 0
  const worker = async () => {
    while (taken < count) {
      taken += 1
      people.push(await signIn(url, phoneOf(taken)))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  await stage.givePoints(
    people.map(({ userId }) => userId),
    plenty,
  )
  return people
}

const plenty = 100_000_000

async function signIn(url: string, phone: string): Promise<Person> {
  const response = await fetch(`${url}/api/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(loginBody(phone)),
  })
  const { code, data } = (await response.json()) as {
    code: number
    data: { access_token: string; user_info: { user_id: number } }
  }
  if (code !== 0) throw new Error(`a login was refused with ${code}`)
  return { userId: data.user_info.user_id, phone, token: data.access_token }
}
