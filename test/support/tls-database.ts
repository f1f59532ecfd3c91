import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { $ } from 'bun'
import { openDatabase } from '../../src/db/client.ts'
import { databaseServerProgram, initialize, serverCommand } from '../../src/db/server-program.ts'
import { until } from './sockets.ts'

/** A MariaDB with TLS on a port of 127.0.0.1. Its certificate is for the name `localhost`. */
export interface TlsDatabase {
  /** The URL of its database `points` with this host name, without parameters. */
  urlOf(host: string): string
  /** PEM files: the authority that signed its certificate, another one, and a client's pair. */
  files: { ca: string; otherCa: string; cert: string; key: string }
  stop(): Promise<void>
}

export async function startTlsDatabase(): Promise<TlsDatabase> {
  const dir = mkdtempSync(join(tmpdir(), 'points-tls-'))
  const pem = (name: string) => join(dir, `${name}.pem`)
  await makeAuthority(dir, 'ca')
  await makeAuthority(dir, 'other')
  await makeCertificate(dir, 'server', 'DNS:localhost')
  await makeCertificate(dir, 'client', 'DNS:client')
  const files = {
    data: join(dir, 'data'),
    temporary: join(dir, 'tmp'),
    socket: join(dir, 'server.sock'),
    pid: join(dir, 'server.pid'),
  }
  mkdirSync(files.temporary)
  const program = await databaseServerProgram(() => {})
  await initialize(program, files)
  const port = freePort()
  const server = Bun.spawn(
    [
      ...serverCommand(program, files, { durable: false }),
      ...['--skip-networking=0', '--bind-address=127.0.0.1', `--port=${port}`, '--skip-name-resolve'],
      ...[`--ssl-ca=${pem('ca')}`, `--ssl-cert=${pem('server')}`, `--ssl-key=${pem('server-key')}`],
    ],
    { stdio: ['ignore', 'ignore', 'ignore'] },
  )
  await until(() => makePoints(files.socket), 30_000)
  return {
    urlOf: (host) => `mysql://points:secret@${host}:${port}/points`,
    files: { ca: pem('ca'), otherCa: pem('other'), cert: pem('client'), key: pem('client-key') },
    async stop() {
      server.kill()
      await server.exited
      rmSync(dir, { recursive: true })
    },
  }
}

/** Makes the database and two accounts: `points` for any connection, `certified` only with the authority's certificate. */
async function makePoints(socketPath: string): Promise<boolean> {
  const admin = openDatabase({ address: { socketPath, user: 'root', database: '' }, poolSize: 1 })
  try {
    await admin.query('CREATE DATABASE IF NOT EXISTS points')
    for (const [name, demand] of [
      ['points', 'NONE'],
      ['certified', 'X509'],
    ]) {
      await admin.query(`CREATE OR REPLACE USER ${name}@'%' IDENTIFIED BY 'secret' REQUIRE ${demand}`)
      await admin.query(`GRANT ALL ON points.* TO ${name}@'%'`)
    }
    return true
  } catch {
    return false
  } finally {
    await admin.close()
  }
}

async function makeAuthority(dir: string, name: string): Promise<void> {
  await $`openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=${name} -keyout ${name}-key.pem -out ${name}.pem`
    .cwd(dir)
    .quiet()
}

async function makeCertificate(dir: string, name: string, altName: string): Promise<void> {
  await $`openssl req -newkey rsa:2048 -nodes -subj /CN=${name} -keyout ${name}-key.pem -out ${name}.csr`
    .cwd(dir)
    .quiet()
  await Bun.write(join(dir, `${name}.ext`), `subjectAltName=${altName}`)
  await $`openssl x509 -req -in ${name}.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -extfile ${name}.ext -out ${name}.pem`
    .cwd(dir)
    .quiet()
}

function freePort(): number {
  const taken = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const { port } = taken
  taken.stop(true)
  return port
}
