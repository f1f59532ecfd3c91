import type { Database } from '../db/client.ts'
import { isDuplicateKey } from '../db/errors.ts'
import { randomCode } from '../lib/random.ts'
import { installationTable } from './schema.ts'
import type { Store } from './store.ts'

/** The id of the installation that a database belongs to, and that an image store belongs to. */
export interface Marks {
  database: string | undefined
  store: string | undefined
}

const idLength = 26

export async function readMarks({ orm }: Database, store: Store): Promise<Marks> {
  const [rows, mark] = await Promise.all([orm.select().from(installationTable), store.mark()])
  return { database: rows[0]?.installation_id, store: mark }
}

/** True when both have the same mark. Only then may anything be removed from the store. */
export function areOne({ database, store }: Marks): boolean {
  return database !== undefined && database === store
}

/** Gives both the same mark. Where both have one, the database's stays. */
export async function join(database: Database, store: Store): Promise<void> {
  const marks = await readMarks(database, store)
  const id = marks.database ?? (await markDatabase(database, marks.store ?? randomCode(idLength)))
  if (marks.store !== id) await store.setMark(id)
}

/** Gives each that has no mark one of its own, so that they are never taken for one installation. */
export async function part(database: Database, store: Store): Promise<void> {
  const marks = await readMarks(database, store)
  if (marks.store === undefined) await store.setMark(randomCode(idLength))
  if (marks.database === undefined) await markDatabase(database, randomCode(idLength))
}

/** Returns the id that the database now has: another process may have set one first. */
async function markDatabase({ orm }: Database, installation_id: string): Promise<string> {
  await orm
    .insert(installationTable)
    .values({ installation_id })
    .catch((error) => {
      if (!isDuplicateKey(error)) throw error
    })
  const [row] = await orm.select().from(installationTable)
  return row?.installation_id ?? installation_id
}
