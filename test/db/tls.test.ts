import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openDatabase } from '../../src/db/client.ts'
import { isDatabaseAway } from '../../src/db/errors.ts'
import { testServer } from '../support/database.ts'
import { runCommand } from '../support/process.ts'
import { startTlsDatabase, type TlsDatabase } from '../support/tls-database.ts'

let server: TlsDatabase
beforeAll(async () => {
  server = await startTlsDatabase()
})
afterAll(() => server.stop())

/** The parameters with the paths of the files in place of their names. */
const written = (parameters: string) =>
  parameters.replace(/<(\w+)>/g, (_, name) => encodeURIComponent(server.files[name as keyof TlsDatabase['files']]))
const urlOf = (parameters: string, host = '127.0.0.1', user = 'points') =>
  `${server.urlOf(host).replace('points:', `${user}:`)}?${written(parameters)}`

/** `encrypted` or `plain`; `refused` when the connection fails. */
async function connectionBy(url: string): Promise<string> {
  const database = openDatabase({ address: { uri: url }, poolSize: 2 })
  try {
    const [row] = await database.query<{ Value: string }>(`SHOW SESSION STATUS LIKE 'Ssl_cipher'`)
    return row?.Value ? 'encrypted' : 'plain'
  } catch (error) {
    expect(isDatabaseAway(error)).toBe(true)
    return 'refused'
  } finally {
    await database.close()
  }
}

describe('the URL of a connection', () => {
  test.each([
    '',
    'ssl-mode=DISABLED',
    'sslmode=disable',
    'ssl=false',
    'ssl=0',
    'useSSL=false',
    'tls=false',
    'charset=utf8mb4&connection_limit=5',
  ])('a URL with %p makes no encrypted connection', async (parameters) => {
    expect(await connectionBy(urlOf(parameters))).toBe('plain')
  })

  test.each([
    'ssl-mode=REQUIRED',
    'ssl_mode=required',
    'sslMode=REQUIRED',
    'sslmode=require',
    'ssl=required',
    'sslaccept=accept_invalid_certs',
    'sslmode=require&sslaccept=accept_invalid_certs',
    'tls=skip-verify',
    'ssl=true&ssl-mode=REQUIRED',
    'ssl={"rejectUnauthorized":false}',
  ])('a URL with %p encrypts, whoever signed the certificate', async (parameters) => {
    expect(await connectionBy(urlOf(parameters))).toBe('encrypted')
  })

  test.each([
    'ssl-mode=VERIFY_CA&ssl-ca=',
    'sslmode=verify-ca&sslrootcert=',
    'sslMode=VERIFY_CA&sslCa=',
    'ssl=true&ssl-ca=',
    'useSSL=true&ssl_ca=',
    'ssl=1&sslcert=',
    'ssl-ca=',
    'ssl={"verifyIdentity":false}&ssl-ca=',
  ])('a URL with %p accepts only certificates of that authority, for any name', async (parameters) => {
    expect(await connectionBy(urlOf(`${parameters}<ca>`))).toBe('encrypted')
    expect(await connectionBy(urlOf(`${parameters}<otherCa>`))).toBe('refused')
  })

  test.each([
    'ssl-mode=VERIFY_IDENTITY&ssl-ca=',
    'sslmode=verify-full&sslrootcert=',
    'sslmode=require&sslaccept=strict&sslcert=',
    'tls=true&ssl-ca=',
    'ssl={"verifyIdentity":true}&ssl-ca=',
  ])('a URL with %p accepts only certificates of that authority, for the host’s own name', async (parameters) => {
    expect(await connectionBy(urlOf(`${parameters}<ca>`, 'localhost'))).toBe('encrypted')
    expect(await connectionBy(urlOf(`${parameters}<ca>`, '127.0.0.1'))).toBe('refused')
    expect(await connectionBy(urlOf(`${parameters}<otherCa>`, 'localhost'))).toBe('refused')
  })

  test.each(['ssl=true', 'ssl=on', 'tls=true', 'ssl={}', 'ssl={"rejectUnauthorized":true}', 'sslaccept=strict'])(
    'a URL with %p and no authority accepts only certificates of public authorities',
    async (parameters) => {
      expect(await connectionBy(urlOf(parameters, 'localhost'))).toBe('refused')
    },
  )

  test('a URL with a client’s certificate and key makes the client present them', async () => {
    const pair = 'ssl-cert=<cert>&ssl-key=<key>'
    expect(await connectionBy(urlOf(`${pair}&ssl-ca=<ca>`, '127.0.0.1', 'certified'))).toBe('encrypted')
    expect(await connectionBy(urlOf(`${pair}&ssl-mode=REQUIRED`, '127.0.0.1', 'certified'))).toBe('encrypted')
    expect(await connectionBy(urlOf('ssl-ca=<ca>', '127.0.0.1', 'certified'))).toBe('refused')
  })

  test('a URL may hold the certificate of an authority itself', async () => {
    const pem = encodeURIComponent(await Bun.file(server.files.ca).text())
    const object = encodeURIComponent(JSON.stringify({ ca: await Bun.file(server.files.ca).text() }))
    expect(await connectionBy(urlOf(`ssl-mode=VERIFY_CA&ssl-ca=${pem}`))).toBe('encrypted')
    expect(await connectionBy(urlOf(`ssl=${object}`))).toBe('encrypted')
  })
})

describe('the program', () => {
  const migrate = (DATABASE_URL: string) => runCommand(['migrate'], { DATABASE_URL })

  test('the program migrates over a verified connection', async () => {
    const { code, out } = await migrate(urlOf('ssl-mode=VERIFY_CA&ssl-ca=<ca>'))
    expect([code, out]).toEqual([0, expect.stringContaining('up to date')])
  })

  test.each([
    ['has a certificate of another authority', 'ssl-ca=<otherCa>', 'self signed certificate'],
    ['has a certificate for another name', 'ssl-mode=VERIFY_IDENTITY&ssl-ca=<ca>', 'does not match'],
  ])('the program reports in one line a server that %s', async (_, parameters, reason) => {
    const { code, err } = await migrate(urlOf(parameters))
    expect(code).not.toBe(0)
    expect(err.trim().split('\n')).toEqual([expect.stringContaining('fails the TLS asked of it')])
    expect(err).toContain(reason)
  })

  test('the program reports in one line a server without TLS', async () => {
    const { urlOf: plainUrlOf, stop } = await testServer()
    const { code, err } = await migrate(`${plainUrlOf('no_such_database')}&ssl-mode=REQUIRED`)
    expect(code).not.toBe(0)
    expect(err.trim().split('\n')).toEqual([expect.stringMatching(/fails the TLS asked of it .*secure connection/)])
    await stop()
  })
})
