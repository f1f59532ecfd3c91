import { expect, test } from 'bun:test'
import { readForm } from '../../src/http/multipart.ts'

const limits = { files: ['image'], largestFile: 1_000 }
const boundary = 'x'
const text = (part: string) => new TextEncoder().encode(part)
const parts = [
  `--${boundary}\r\nContent-Disposition: form-data; name="amount"\r\n\r\n`,
  '36.50',
  `\r\n--${boundary}--\r\n`,
].map(text)

/** A form whose parts come one after the other, each after a pause. */
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

test('a form that stalls or drips is 9001, and nobody waits for it any longer', async () => {
  const pace = { most_ms: 60_000, stretch_ms: 20, bytesAStretch: 64 }
  for (const slow of [form(0, false), form(50)])
    expect(readForm(slow, limits, pace)).rejects.toMatchObject({ code: 9001 })
})

test('a form of a million empty parts is 9001 before they are parsed', async () => {
  const body = new TextEncoder().encode(`${'--x\r\n\r\n\r\n'.repeat(1_000_000)}--x--\r\n`)
  const headers = { 'Content-Type': 'multipart/form-data; boundary=x' }
  const request = new Request('http://localhost/', { method: 'POST', headers, body })
  await expect(readForm(request, limits)).rejects.toMatchObject({ code: 9001 })
})

test('a form that drips is 9001 as soon as someone else wants its place, and not before', async () => {
  let isWanted = false
  const dripping = readForm(form(6_000), { ...limits, isWanted: () => isWanted })
  const early = await Promise.race([dripping.catch(() => 'refused'), Bun.sleep(3_000)])
  expect(early).toBeUndefined()
  isWanted = true
  await expect(dripping).rejects.toMatchObject({ code: 9001 })
}, 20_000)
