import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3'
import S3rver from 's3rver'
import type { S3Settings } from '../../src/storage/s3-store.ts'

/** A server that speaks S3 on loopback, with one empty bucket. */
export interface S3Server {
  settings: S3Settings
  /** Makes another empty bucket. From then on `remove` uses that one. */
  newBucket(): Promise<S3Settings>
  /** Removes an object that the store itself would not remove. */
  remove(key: string): Promise<void>
  stop(): Promise<void>
}

export async function startS3(): Promise<S3Server> {
  const directory = mkdtempSync(join(tmpdir(), 'restaurant-points-s3-'))
  const bucket = 'receipts'
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: bucket }],
  })
  const { port } = await server.run()
  const endpoint = `http://127.0.0.1:${port}`
  const settings = { endpoint, region: 'us-east-1', bucket, accessKey: 'S3RVER', secretKey: 'S3RVER' }
  const credentials = { accessKeyId: settings.accessKey, secretAccessKey: settings.secretKey }
  const client = new S3Client({ endpoint, region: settings.region, credentials, forcePathStyle: true })
  let Bucket = bucket
  return {
    settings,
    async newBucket() {
      Bucket = `bucket-${crypto.randomUUID()}`
      await client.send(new CreateBucketCommand({ Bucket }))
      return { ...settings, bucket: Bucket }
    },
    async remove(Key) {
      await client.send(new DeleteObjectCommand({ Bucket, Key }))
    },
    async stop() {
      client.destroy()
      await server.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
