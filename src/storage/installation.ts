import type { Database } from '../db/client.ts'
import { isDuplicateKey } from '../db/errors.ts'
import { randomCode } from '../lib/random.ts'
import { installationTable } from './schema.ts'
import type { Store } from './store.ts'

/** Which installation a database and an image store say they are. */
export interface Marks {
  database: string | undefined
  store: string | undefined
}

const idLength = 26

export async function readMarks({ orm }: Database, store: Store): Promise<Marks> {
  const [rows, mark] = await Promise.all([orm.select().from(installationTable), store.mark()])
  return { database: rows[0]?.installation_id, store: mark }
}

/** Equal marks on both sides: only then may anything be removed from the store. */
export function areOne({ database, store }: Marks): boolean {
  return database !== undefined && database === store
}

/** Says that these two belong together. Where both have a mark, the database's holds. */
export async function join(database: Database, store: Store): Promise<void> {
  const marks = await readMarks(database, store)
  const id = marks.database ?? (await markDatabase(database, marks.store ?? randomCode(idLength)))
  if (marks.store !== id) await store.setMark(id)
}

/** Says that they don't: whoever has no mark gets one of its own, and no later look mistakes them for one. */
export async function part(database: Database, store: Store): Promise<void> {
  const marks = await readMarks(database, store)
  if (marks.store === undefined) await store.setMark(randomCode(idLength))
  if (marks.database === undefined) await markDatabase(database, randomCode(idLength))
}

/** Answers the id that the database has from now on: another process may have been first. */
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
