import type { TestService } from './service.ts'

/**
 * Keeps an upload's row locked, so that whatever would close it waits, until `work` has ended or calls `release`. It has
 * to be quick: the service gives up a lock after a moment.
 */
export async function whileLocked<T>(
  { database }: Pick<TestService, 'database'>,
  uploadId: string,
  work: (release: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const connection = await database.acquire()
  await connection.query('START TRANSACTION')
  await connection.query('SELECT * FROM upload_reviews WHERE upload_id = ? FOR UPDATE', [uploadId])
  let isHeld = true
  const release = async () => {
    if (isHeld) await connection.query('ROLLBACK')
    isHeld = false
  }
  try {
    return await work(release)
  } finally {
    await release()
    connection.release()
  }
}
