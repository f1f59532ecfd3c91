import { eq, inArray } from 'drizzle-orm'
import { Refusal } from '../contract/refusals.ts'
import type { Database } from '../db/client.ts'
import { rowReader } from '../db/shared-rows.ts'
import { type User, usersTable } from './schema.ts'
import type { PersonInfo } from './user-info.ts'

/** @throws {Refusal} 2003 when there is no such account. */
export async function requireUser(database: Database, userId: number): Promise<Readonly<User>> {
  const user = await findUser(database, userId)
  if (!user) throw new Refusal(2003)
  return user
}

export const findUser = rowReader(usersTable, 'user_id')

export const findUserByMobile = rowReader(usersTable, 'mobile')

/** The account that is bound to a WeChat openid. */
export async function findUserByOpenid({ orm }: Database, openid: string): Promise<User | undefined> {
  const [user] = await orm.select().from(usersTable).where(eq(usersTable.wx_openid, openid))
  return user
}

/** What is shown of a person, before it is masked. */
export type Person = Pick<User, keyof PersonInfo>

/** The people behind these ids; null is nobody. */
export async function readPeople({ orm }: Database, ids: readonly (number | null)[]): Promise<Map<number, Person>> {
  const wanted = [...new Set(ids)].filter((id) => id !== null)
  if (wanted.length === 0) return new Map()
  const { user_id, nickname, mobile, avatar } = usersTable
  const people = await orm
    .select({ user_id, nickname, mobile, avatar })
    .from(usersTable)
    .where(inArray(user_id, wanted))
  return new Map(people.map((person) => [person.user_id, person]))
}
