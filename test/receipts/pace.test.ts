import { afterEach, expect, test } from 'bun:test'
import { connect, type Socket } from 'node:net'
import { requestsUnderWay } from '../support/figures.ts'
import { jpegOf, picture } from '../support/images.ts'
import { type Person, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'
import { photoForm } from '../support/uploads.ts'

const service = useService()
const sockets: Socket[] = []

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

/** Begins uploads that go no further; resolves when the service has all of them. */
async function stall(people: readonly Person[], each: number): Promise<void> {
  const { hostname, port } = new URL(service.url)
  for (const { token } of people.flatMap((person) => Array<Person>(each).fill(person))) {
    const socket = connect(Number(port), hostname)
    const head = ['POST /api/photo/upload HTTP/1.1', 'Host: x', `Authorization: Bearer ${token}`]
    const form = ['Content-Type: multipart/form-data; boundary=b', 'Content-Length: 5000', '', '--b', '']
    socket.on('error', () => {}).write([...head, ...form].join('\r\n'))
    sockets.push(socket)
  }
  await requestsUnderWay(service.url, sockets.length)
}

/** Someone's upload, if it is answered within `most_ms`. */
async function upload(most_ms: number) {
  const { token } = await signIn(service)
  const form = photoForm(await jpegOf(picture(1)), '5')
  return Promise.race([service.client.post('/api/photo/upload', { token, form }), Bun.sleep(most_ms)])
}

test('many slow uploads of one sender leave the others their places', async () => {
  await stall([await signIn(service)], 40)
  expect(await upload(2_000)).toMatchObject({ code: 0 })
})

test('stalled uploads that hold every place give way to one who waits', async () => {
  await stall(await Promise.all(Array.from({ length: 8 }, () => signIn(service))), 4)
  expect(await upload(9_000)).toMatchObject({ code: 0 })
}, 20_000)
