import { connect } from 'node:net'

/** A request as it goes over the wire, its body empty. */
export interface RawRequest {
  method: string
  /** What stands between method and version, as it is. */
  target: string
  host?: string
}

/** How it was answered. */
export interface RawAnswer {
  status: number
  code: string | undefined
}

/** Sends requests over a socket of their own each, a few at a time, and answers how each was answered. */
export async function sendRaw(url: string, requests: readonly RawRequest[]): Promise<RawAnswer[]> {
  const answers: RawAnswer[] = []
  let next = 0
  const work = async () => {
    for (let i = next; i < requests.length; i = next) {
      next += 1
      answers[i] = await sendOne(url, requests[i] as RawRequest)
    }
  }
  await Promise.all(Array.from({ length: 16 }, work))
  return answers
}

function sendOne(url: string, { method, target, host = 'x' }: RawRequest): Promise<RawAnswer> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(Number(port), hostname)
    socket.on('data', (data) => {
      text += data.toString('latin1')
    })
    socket.on('error', reject)
    socket.on('close', () => {
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? Number.NaN)
      resolve({ status, code: /^x-api-code: (\d+)/im.exec(text)?.[1] })
    })
    socket.write(`${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
  })
}
