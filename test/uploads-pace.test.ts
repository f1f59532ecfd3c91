import { expect, test } from 'bun:test'
import { connect } from 'node:net'
import { requestsUnderWay } from './support/figures.ts'
import { jpegOf, picture } from './support/images.ts'
import { signIn } from './support/people.ts'
import { useService } from './support/service.ts'
import { photoForm } from './support/uploads.ts'

const service = useService()

test('uploads of one whose phone sends slowly, in many at once, leave the others their places', async () => {
  const { hostname, port } = new URL(service.url)
  const [slow, { token }] = [await signIn(service), await signIn(service)]
  const form = photoForm(await jpegOf(picture(1)), '5')
  const head = ['POST /api/photo/upload HTTP/1.1', 'Host: x', `Authorization: Bearer ${slow.token}`]
  const body = 'Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 5000\r\n\r\n--b\r\n'
  const sockets = Array.from({ length: 40 }, () => {
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {}).write(`${head.join('\r\n')}\r\n${body}`)
    return socket
  })
  await requestsUnderWay(service.url, sockets.length)
  expect(
    await Promise.race([service.client.post('/api/photo/upload', { token, form }), Bun.sleep(5_000)]),
  ).toMatchObject({ code: 0 })
  for (const socket of sockets) socket.destroy()
})

test('uploads that drip, of as many as there are places, give way to one who waits', async () => {
  const { hostname, port } = new URL(service.url)
  const body = 'Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 5000\r\n\r\n--b\r\n'
  const drippers = await Promise.all(Array.from({ length: 8 }, () => signIn(service)))
  const sockets = drippers.flatMap(({ token }) =>
    Array.from({ length: 4 }, () => {
      const socket = connect(Number(port), hostname)
      const head = ['POST /api/photo/upload HTTP/1.1', 'Host: x', `Authorization: Bearer ${token}`]
      socket.on('error', () => {}).write(`${head.join('\r\n')}\r\n${body}`)
      return socket
    }),
  )
  await requestsUnderWay(service.url, sockets.length)
  const { token } = await signIn(service)
  const form = photoForm(await jpegOf(picture(2)), '5')
  const answer = await Promise.race([service.client.post('/api/photo/upload', { token, form }), Bun.sleep(9_000)])
  expect(answer).toMatchObject({ code: 0 })
  for (const socket of sockets) socket.destroy()
}, 20_000)
