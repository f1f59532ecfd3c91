import { resolve } from 'node:path'
import { openDatabase } from '../../src/db/client.ts'
import { startPrivateServer } from '../../src/db/private-server.ts'

/** The database server that the tests use: `TEST_DATABASE_URL`, or a private one under `.data/test`. */
export async function testServer(): Promise<{ urlOf(database: string): string; stop(): Promise<void> }> {
  const given = process.env.TEST_DATABASE_URL
  if (given) return { urlOf: (database) => withDatabase(given, database), stop: async () => {} }
  const dir = resolve(import.meta.dir, '../../.data/test')
  const { address, stop } = await startPrivateServer(dir, {
    database: 'points_test',
    tell: (line) => process.stdout.write(`${line}\n`),
    durable: false,
  })
  const socket = 'socketPath' in address ? address.socketPath : ''
  return { urlOf: (database) => `mysql://root@localhost/${database}?socketPath=${encodeURIComponent(socket)}`, stop }
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.toString()
}

/** Makes an empty database. Returns its URL. */
export async function createTestDatabase(name: string): Promise<string> {
  const server = await testServer()
  const admin = openDatabase({ address: { uri: server.urlOf('') }, poolSize: 1 })
  await admin.query(`DROP DATABASE IF EXISTS \`${name}\``)
  await admin.query(`CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`)
  await admin.close()
  return server.urlOf(name)
}
