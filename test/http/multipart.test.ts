import { describe, expect, test } from 'bun:test'
import { readForm } from '../../src/http/multipart.ts'

const limits = { files: ['image'], fields: ['amount'], largestFile: 1_000 }
const boundary = 'x'
const text = (part: string) => new TextEncoder().encode(part)
const parts = [
  `--${boundary}\r\nContent-Disposition: form-data; name="amount"\r\n\r\n`,
  '36.50',
  `\r\n--${boundary}--\r\n`,
].map(text)

/** A form that sends its parts one by one, with a pause before each. */
function form(pause_ms: number, isWhole = true): Request {
  const body = new ReadableStream({
    async start(controller) {
      for (const part of isWhole ? parts : parts.slice(0, 2)) {
        await Bun.sleep(pause_ms)
        controller.enqueue(part)
      }
      if (isWhole) controller.close()
    },
  })
  const headers = { 'Content-Type': `multipart/form-data; boundary=${boundary}` }
  return new Request('http://localhost/', { method: 'POST', headers, body })
}

test('a slow form is read to its end', async () => {
  const pace = { most_ms: 60_000, stretch_ms: 60_000, bytesAStretch: 8_192 }
  expect((await readForm(form(50), limits, pace)).fields.get('amount')).toBe('36.50')
})

test('a form that stalls or arrives too slowly is refused with 9001 at once', async () => {
  const pace = { most_ms: 60_000, stretch_ms: 20, bytesAStretch: 64 }
  for (const slow of [form(0, false), form(50)])
    await expect(readForm(slow, limits, pace)).rejects.toMatchObject({ code: 9001 })
})

test('a form of a million empty parts is refused with 9001 before they are all parsed', async () => {
  const body = new TextEncoder().encode(`${'--x\r\n\r\n\r\n'.repeat(1_000_000)}--x--\r\n`)
  const headers = { 'Content-Type': 'multipart/form-data; boundary=x' }
  const request = new Request('http://localhost/', { method: 'POST', headers, body })
  await expect(readForm(request, limits)).rejects.toMatchObject({ code: 9001 })
})

test('a slow form is refused with 9001 as soon as another request waits for its place, and not before', async () => {
  let isWanted = false
  const dripping = readForm(form(6_000), { ...limits, isWanted: () => isWanted })
  const early = await Promise.race([dripping.catch(() => 'refused'), Bun.sleep(3_000)])
  expect(early).toBeUndefined()
  isWanted = true
  await expect(dripping).rejects.toMatchObject({ code: 9001 })
}, 20_000)

describe('the file of a form', () => {
  const bytes = new Uint8Array([0xff, 0xd8, 0xff, 0, 13, 10, 200])
  type Part = [headers: string, content: Uint8Array | string]
  const read = async (parts: Part[], files = ['image', 'photo']) => {
    const lines = parts.flatMap(([headers, content]) => [`--x\r\n${headers}\r\n\r\n`, content, '\r\n'])
    const headers = { 'Content-Type': 'multipart/form-data; charset=utf-8; boundary="x"' }
    const body = Buffer.concat([...lines, '--x--\r\n'].map((line) => Buffer.from(line)))
    return readForm(new Request('http://localhost/', { method: 'POST', headers, body }), { ...limits, files })
  }
  const part = (name: string, more = '') => `Content-Disposition: form-data; name="${name}"${more}`

  test.each([
    ['with a file name', '; filename="a.jpg"\r\nContent-Type: image/jpeg'],
    ['without a file name', '\r\nContent-Type: image/jpeg'],
    ['without a file name, with a parameter in its type', '\r\nContent-Type: image/jpeg; charset=binary'],
    ['with an empty file name', '; filename=""\r\nContent-Type: image/jpeg'],
    ['without file name and type', ''],
    ['with an octet-stream type', '\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary'],
  ])('a file %s is found', async (_, more) => {
    const form = await read([
      [part('amount'), '36.50'],
      [part('image', more), bytes],
    ])
    expect([form.file, form.part, form.fields.get('amount')]).toEqual([bytes, 'image', '36.50'])
  })

  test.each([
    ['two files of the kept name', 'image', '; filename="a.jpg"', bytes],
    ['two wanted fields of one name', 'amount', '', '36.50'],
  ])('%s are refused with 9001', async (_, name, more, content) => {
    const twice = [part(name, more), content] as [string, Uint8Array | string]
    await expect(read([twice, twice])).rejects.toMatchObject({ code: 9001 })
  })

  const image: Part = [part('image', '; filename="a.jpg"'), bytes]
  const amount: Part = [part('amount'), '36.50']
  const unknown = (count: number, more = '') =>
    Array.from({ length: count }, (_, i): Part => [part(`extra${i % 60}`, more), `${i}`])

  test.each([
    ['60 unknown fields', unknown(60)],
    ['unknown fields that come twice', unknown(120)],
    ['60 unknown files', unknown(60, '; filename="a.jpg"')],
    ['an unknown field of 100 kB', [[part('extra'), 'x'.repeat(100_000)]] as Part[]],
    ['two files of a name that is not kept', [0, 1].map((): Part => [part('photo', '; filename="a.jpg"'), bytes])],
  ])('%s are dropped, and nothing else', async (_, parts) => {
    for (const all of [
      [...parts, image, amount],
      [image, amount, ...parts],
    ]) {
      const form = await read(all)
      expect([form.file, form.part, [...form.fields]]).toEqual([bytes, 'image', [['amount', '36.50']]])
    }
  })

  test('an amount in a part that looks like a file is read', async () => {
    const form = await read([
      image,
      [part('amount', '; filename=""\r\nContent-Type: application/octet-stream'), '36.50'],
    ])
    expect(form.fields.get('amount')).toBe('36.50')
  })

  test.each([
    ['a wanted field over 1 kB', [[part('amount'), '9'.repeat(1_025)]] as Part[]],
    ['300 parts', unknown(300)],
  ])('a form with %s is refused with 9001, not read in part', async (_, parts) => {
    await expect(read([...parts, image])).rejects.toMatchObject({ code: 9001 })
  })

  test('a file is preferred to a text under a wanted name, whichever comes first', async () => {
    const file: [string, Uint8Array] = [part('photo', '; filename="a.jpg"'), bytes]
    const text: [string, string] = [part('image'), 'wxfile://tmp_1.jpg']
    for (const parts of [
      [file, text],
      [text, file],
    ])
      expect(await read(parts)).toMatchObject({ file: bytes, part: 'photo' })
  })

  test('an empty control, a text and a part with another name are no file', async () => {
    expect((await read([[part('image'), '']])).file).toBeUndefined()
    const form = await read([[part('other'), 'text']])
    expect([form.file, form.fields.size]).toEqual([undefined, 0])
    for (const text of ['wxfile://tmp_1.jpg', '小票'.repeat(40), 'two\r\nlines'])
      expect(await read([[part('photo'), text]])).toMatchObject({ file: undefined, part: undefined })
  })

  test.each([
    ['a JPEG', [0xff, 0xd8, 0xff, 0xe0, 0, 0x10]],
    ['a PNG', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
    ['a WebP', [...'RIFF'].map((char) => char.charCodeAt(0)).concat(0x41, 0x42, 0x43, 0, 0x57, 0x45, 0x42, 0x50)],
  ])('%s without file name and type is recognised by its first bytes', async (_, beginning) => {
    const image = new Uint8Array([...beginning, ...new Uint8Array(100).fill(65)])
    expect((await read([[part('image'), image]])).file).toEqual(image)
  })
})
