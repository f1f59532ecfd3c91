import { expect, test } from 'bun:test'
import { brotliDecompressSync } from 'node:zlib'
import { createApp } from '../../src/app.ts'
import { encodingFor } from '../../src/http/compressed.ts'
import { buildPages } from '../../src/web/build.ts'
import { testConfig, useService } from '../support/service.ts'

const service = useService()
const mostScript_bytes = 60_000

const addresses = ['/', '/console', '/api/docs']

async function documentText(path = '/') {
  return (await fetch(`${service.url}${path}`)).text()
}

const namesIn = (text: string) => [...text.matchAll(/\/assets\/([^"]+)/g)].map(([, name]) => name ?? '')

test('the page is answered to whoever asks for it, with a policy that allows its own files alone', async () => {
  const accepted = ['text/html', 'application/json', '*/*']
  for (const [path, accept] of addresses.flatMap((path) => accepted.map((accept) => [path, accept] as const))) {
    const response = await fetch(`${service.url}${path}`, { headers: { Accept: accept } })
    expect(response.status).toBe(200)
    expect(response.headers.get('Content-Type')).toStartWith('text/html')
    expect(response.headers.get('Cache-Control')).toBe('no-cache')
    const policy = response.headers.get('Content-Security-Policy') ?? ''
    expect(policy).toContain("default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'")
    expect(policy).not.toContain('unsafe')
  }
})

const documents = [...addresses, '/verify', '/api/openapi.json']

test.each(documents)('a browser that has the document at %s already is told so', async (path) => {
  const url = `${service.url}${path}`
  const first = await fetch(url)
  const etag = first.headers.get('ETag') ?? ''
  const again = await fetch(url, { headers: { 'If-None-Match': etag } })
  expect([again.status, await again.text(), again.headers.get('ETag')]).toEqual([304, '', etag])
  expect((await fetch(url, { headers: { 'If-None-Match': '"other"' } })).status).toBe(200)
})

/** A file as the server sends it to whoever accepts these encodings. */
async function encoded(path: string, accepted: string) {
  const headers = { 'Accept-Encoding': accepted }
  const response = await fetch(`${service.url}${path}`, { headers, decompress: false } as RequestInit)
  expect(response.headers.get('Vary')).toBe('Accept-Encoding')
  return { encoding: response.headers.get('Content-Encoding'), bytes: await response.bytes(), response }
}

/** The text at a path, which is the same in each encoding. */
async function textInEach(path: string) {
  const [brotli, gzip, plain] = [
    await encoded(path, 'gzip, br'),
    await encoded(path, 'gzip'),
    await encoded(path, 'identity'),
  ]
  expect([brotli.encoding, gzip.encoding, plain.encoding]).toEqual(['br', 'gzip', null])
  const text = new TextDecoder().decode(plain.bytes)
  expect(new TextDecoder().decode(brotliDecompressSync(brotli.bytes))).toBe(text)
  expect(new TextDecoder().decode(Bun.gunzipSync(new Uint8Array(gzip.bytes)))).toBe(text)
  return { text, response: plain.response, sent_bytes: gzip.bytes.length }
}

test.each(documents)('the document at %s is compressed as the client asks', async (path) => {
  const { text, response, sent_bytes } = await textInEach(path)
  expect(response.headers.get('Cache-Control')).toBe('no-cache')
  expect(sent_bytes).toBeLessThan(text.length * 0.7)
})

test('HEAD answers the same headers without the document, and other methods are refused', async () => {
  const head = await fetch(service.url, { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
  expect(head.headers.get('ETag')).toBe((await fetch(service.url)).headers.get('ETag'))
  expect((await fetch(service.url, { method: 'POST' })).status).toBe(405)
})

test.each(addresses)('the document at %s holds nothing inline and names no other host', async (path) => {
  const text = await documentText(path)
  expect(text).not.toMatch(/<style|style=|<script>|onload=/)
  const links = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? '')
  expect(links.length).toBeGreaterThan(2)
  for (const link of links) expect(link).toMatch(/^(?:\/assets\/|data:image\/svg)/)
})

test.each(addresses)('the files of %s are compressed as the browser asks, and kept for ever', async (path) => {
  for (const name of namesIn(await documentText(path))) {
    const { response } = await textInEach(`/assets/${name}`)
    expect(response.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable')
    expect(response.headers.get('Content-Type')).toMatch(/^text\/(?:javascript|css); charset=utf-8$/)
  }
})

test('a name that no file has is refused, whatever it holds', async () => {
  for (const name of ['diner.js', 'diner-00000000.js', '..%2fpackage.json', '%00', 'constructor'])
    expect((await fetch(`${service.url}/assets/${name}`)).status).toBe(404)
})

test.each([
  ['gzip, deflate, br, zstd', 'br'],
  ['br;q=0, gzip', 'gzip'],
  ['br;q=0.000, gzip;q=0', 'identity'],
  ['BR', 'br'],
  ['', 'identity'],
] as const)('of "%s" it takes %s', (accepted, encoding) => {
  expect(encodingFor(accepted)).toBe(encoding)
})

test('what a page loads at first is at most 60 kB of script, compressed', async () => {
  const { files, pages } = await buildPages(5)
  const sizeOf = (name: string) => files.find((file) => file.name === name)?.gzip.length ?? Number.NaN
  for (const { script, style, parts } of Object.values(pages)) {
    expect([script, ...parts].reduce((sum, name) => sum + sizeOf(name), 0)).toBeLessThan(mostScript_bytes)
    expect(sizeOf(style)).toBeGreaterThan(0)
  }
})

test('the code that signs anyone in is shown in development alone', async () => {
  const shows = async (settings: Parameters<typeof testConfig>[1]) => {
    const config = testConfig(service.databaseUrl, settings)
    const answer = await createApp({ ...service.services, config }).request('/', {}, { isNamed: true })
    return (await answer.text()).includes('name="dev-code" content="123456"')
  }
  expect(await shows({ NODE_ENV: 'development' })).toBe(true)
  expect(await shows({ NODE_ENV: 'test' })).toBe(false)
})
