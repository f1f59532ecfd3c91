import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { markName, requireKey, type Store, type StoredObject } from './store.ts'

export interface S3Settings {
  endpoint: string
  region: string
  bucket: string
  accessKey: string
  secretKey: string
  /** After this time a request is given up. */
  timeout_ms?: number
}

const connectTimeout_ms = 3_000
const tries = 2
/** In no folder, so that the sweep does not see it. */
const probeKey = 'probe'

/** A store in a bucket of an S3-compatible service. Every call is bounded in time. */
export function createS3Store(settings: S3Settings): Store {
  const { bucket: Bucket, timeout_ms = 10_000 } = settings
  const client = clientOf(settings, timeout_ms)
  const bounded = () => ({ abortSignal: AbortSignal.timeout(tries * timeout_ms) })
  const put = async (Key: string, Body: Uint8Array, ContentType: string) => {
    const object = { Key, Body, ContentType, ContentLength: Body.length }
    await client.send(new PutObjectCommand({ Bucket, ...object }), bounded())
  }
  const get = async (Key: string) => {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }), bounded())
      return Body && new Uint8Array(await Body.transformToByteArray())
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined
      throw error
    }
  }
  return {
    put: async (key, bytes) => put(requireKey(key), bytes, contentTypeOf(key)),
    get: async (key) => get(requireKey(key)),
    async mark() {
      const bytes = await get(markName)
      return bytes && new TextDecoder().decode(bytes).trim()
    },
    setMark: (installationId) => put(markName, new TextEncoder().encode(`${installationId}\n`), 'text/plain'),
    async delete(keys) {
      // One by one, because a bulk delete needs a checksum that compatible services disagree about.
      for (const key of keys) await client.send(new DeleteObjectCommand({ Bucket, Key: requireKey(key) }), bounded())
    },
    list: (folder) => objectsIn(client, Bucket, folder, bounded),
    async check() {
      await client.send(
        new PutObjectCommand({ Bucket, Key: probeKey, Body: new Uint8Array(1), ContentLength: 1 }),
        bounded(),
      )
    },
    close: () => client.destroy(),
  }
}

function contentTypeOf(key: string): string {
  return key.endsWith('.jpg') ? 'image/jpeg' : 'application/octet-stream'
}

function clientOf({ endpoint, region, accessKey, secretKey }: S3Settings, timeout_ms: number): S3Client {
  return new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    forcePathStyle: true,
    maxAttempts: tries,
    // Many compatible services refuse checksum trailers, which are the client's default.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: connectTimeout_ms,
      requestTimeout: timeout_ms,
      throwOnRequestTimeout: true,
    },
  })
}

async function* objectsIn(
  client: S3Client,
  Bucket: string,
  folder: string,
  bounded: () => { abortSignal: AbortSignal },
): AsyncIterable<StoredObject> {
  let ContinuationToken: string | undefined
  do {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket, Prefix: `${folder}/`, ContinuationToken }),
      bounded(),
    )
    for (const { Key, LastModified } of page.Contents ?? []) {
      if (Key && LastModified) yield { key: Key, keptAt: LastModified }
    }
    ContinuationToken = page.NextContinuationToken
  } while (ContinuationToken)
}
