import { and, eq, inArray } from 'drizzle-orm'
import { approvalsTable } from '../approvals/schema.ts'
import type { Database } from '../db/client.ts'
import { productsTable } from '../exchange/schema.ts'
import { isKey, type Store } from '../storage/store.ts'
import { usersTable } from '../users/schema.ts'
import { uploadReviewsTable } from './schema.ts'

/** Finds out which of these objects a row knows. */
type KnownAmong = (database: Database, keys: readonly string[]) => Promise<ReadonlySet<string>>

const batchSize = 500

/** The folders of images that rows name. */
const imageFolders = ['receipts', 'avatars', 'product-images'] as const

const knownIn: Record<(typeof imageFolders)[number], KnownAmong> = {
  receipts: knownReceipts,
  avatars: knownAvatars,
  'product-images': knownProductImages,
}

/** One object of the store, and whether a row knows it. */
export interface LookedUp {
  /** The key it has, or had before the quarantine. */
  key: string
  keptAt: Date
  isKnown: boolean
}

/**
 * Every image in the folders that rows name, or in the same folders behind `prefix`; what is no image of ours is left
 * out.
 * @throws `stop`'s reason once it is given.
 */
export async function* lookUpImages(
  database: Database,
  store: Store,
  prefix = '',
  stop?: AbortSignal,
): AsyncGenerator<LookedUp> {
  for (const folder of imageFolders) {
    const lookUp = async (batch: { key: string; keptAt: Date }[]) => {
      stop?.throwIfAborted()
      const known = await knownIn[folder](
        database,
        batch.map(({ key }) => key),
      )
      return batch.map((object) => ({ ...object, isKnown: known.has(object.key) }))
    }
    let batch: { key: string; keptAt: Date }[] = []
    for await (const { key, keptAt } of store.list(prefix + folder)) {
      if (!isKey(key)) continue
      if (batch.push({ key: key.slice(prefix.length), keptAt }) < batchSize) continue
      yield* await lookUp(batch)
      batch = []
    }
    if (batch.length > 0) yield* await lookUp(batch)
  }
}

async function knownReceipts({ orm }: Database, keys: readonly string[]): Promise<Set<string>> {
  const imageKeyOf = (key: string) => key.replace(/^receipts\/|(-preview)?\.jpg$/g, '')
  const { image_key } = uploadReviewsTable
  const wanted = [...new Set(keys.map(imageKeyOf))]
  const rows = await orm.select({ image_key }).from(uploadReviewsTable).where(inArray(image_key, wanted))
  const known = new Set(rows.map((row) => row.image_key))
  return new Set(keys.filter((key) => known.has(imageKeyOf(key))))
}

/** An avatar's name begins with its user's id, so the row is found by its key. */
async function knownAvatars({ orm }: Database, keys: readonly string[]): Promise<Set<string>> {
  const userIds = keys.map((key) => Number(/^avatars\/(\d+)-/.exec(key)?.[1] ?? 0))
  const { user_id, avatar } = usersTable
  const rows = await orm.select({ avatar }).from(usersTable).where(inArray(user_id, userIds))
  return new Set(rows.map((row) => row.avatar?.slice(1) ?? ''))
}

/**
 * A picture that a product once had is known for good, since orders and vouchers go on showing it. They have no index by
 * picture, but the audit log has each change of a product. A picture that a pending edit would give it is known as well.
 */
async function knownProductImages(database: Database, keys: readonly string[]): Promise<Set<string>> {
  const links = keys.map((key) => `/${key}`)
  const [ofProducts, onceSet, asked] = await Promise.all([
    imagesOfProducts(database, links),
    imagesOnceSet(database, links),
    imagesAsked(database),
  ])
  return new Set([...ofProducts, ...onceSet, ...asked].map((link) => link.slice(1)))
}

/** Products are few: they are read without an index. Those that were deleted keep their pictures. */
async function imagesOfProducts({ orm }: Database, links: readonly string[]): Promise<string[]> {
  const { image } = productsTable
  const rows = await orm
    .select({ image })
    .from(productsTable)
    .where(inArray(image, [...links]))
  return rows.flatMap((row) => row.image ?? [])
}

async function imagesOnceSet(database: Database, links: readonly string[]): Promise<string[]> {
  const rows = await database.query<{ image: string }>(
    `SELECT image FROM (
       SELECT JSON_UNQUOTE(JSON_EXTRACT(state_after, '$.image')) AS image FROM audit_log
        WHERE action IN ('product.create', 'product.edit')
       UNION ALL
       SELECT JSON_UNQUOTE(JSON_EXTRACT(state_before, '$.image')) FROM audit_log WHERE action = 'product.edit'
     ) AS changes WHERE image IN (?)`,
    [links],
  )
  return rows.map(({ image }) => image)
}

async function imagesAsked({ orm }: Database): Promise<string[]> {
  const { kind, status, request } = approvalsTable
  const isPending = and(eq(status, 'pending'), eq(kind, 'product'))
  const rows = await orm.select({ request }).from(approvalsTable).where(isPending)
  const edits = rows.flatMap(
    (row) => (JSON.parse(row.request) as { edits: { fields: { image?: string | null } }[] }).edits,
  )
  return edits.flatMap(({ fields }) => fields.image ?? [])
}
