import { lockOrder } from '../lock-order.ts'
import { derivedMapping } from '../till/table-mapping.ts'
import type { Upload } from './schema.ts'
import type { Flag } from './wire.ts'

/** Flags that say: this receipt may have been sent before. */
const copyFlags: readonly Flag['flag'][] = ['similar_photo', 'repeated_number', 'altered_copy', 'same_receipt']

/** Every upload of one photo. */
interface PhotoCopies {
  image_sha256: string
  uploads: readonly Pick<Upload, 'upload_id' | 'user_id' | 'review_status'>[]
}

/** Read while the row of the upload is locked that somebody decides about. */
export const photoCopies = derivedMapping<PhotoCopies, never>({
  name: 'photo_copies',
  rank: lockOrder.photoCopies,
  updates: [],
  keyOf: ({ image_sha256 }) => [image_sha256],
  async load(tx, keys) {
    const found = await tx.query<Upload>(
      'SELECT upload_id, user_id, review_status, image_sha256 FROM upload_reviews WHERE image_sha256 IN (?)',
      [keys.flat()],
    )
    const of = Map.groupBy(found, ({ image_sha256 }) => image_sha256)
    return keys.map(([sha256]) => ({ image_sha256: String(sha256), uploads: of.get(String(sha256)) ?? [] }))
  },
})

/** Whether an upload looks like a copy. A photo that was rejected may be sent again by the same person. */
export function isCopy(upload: Readonly<Upload>, { uploads }: Readonly<PhotoCopies>): boolean {
  const flags = JSON.parse(upload.flags) as Flag[]
  const isOther = ({ upload_id, user_id, review_status }: PhotoCopies['uploads'][number]) =>
    upload_id !== upload.upload_id && !(user_id === upload.user_id && review_status === 'rejected')
  return flags.some(({ flag }) => copyFlags.includes(flag)) || uploads.some(isOther)
}
