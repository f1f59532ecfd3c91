import type { Socket, SocketHandler } from 'bun'
import { cpuTime_us, machineTime_us } from './process.ts'
import { type Sample, sampleOf } from './sample.ts'
import type { Program } from './stage.ts'

export interface Load {
  program: Program
  connections: number
  seconds: number
  /** Returns the bytes of the next request, for whichever connection is free. */
  next: () => Uint8Array
}

export interface EncodedForm {
  bytes: Uint8Array<ArrayBuffer>
  /** The content type, with the boundary. */
  type: string
}

/** The bytes of a request as they are sent. */
export function httpRequest(
  method: 'GET' | 'POST',
  path: string,
  options: { token?: string; body?: object; form?: EncodedForm } = {},
): Uint8Array {
  const body = options.body ? Buffer.from(JSON.stringify(options.body)) : options.form?.bytes
  const type = options.form?.type ?? 'application/json'
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1']
  if (options.token) lines.push(`Authorization: Bearer ${options.token}`)
  if (body) lines.push(`Content-Type: ${type}`, `Content-Length: ${body.byteLength}`)
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), ...(body ? [body] : [])])
}

/**
 * Keeps every connection busy with one request at a time for `seconds`, and returns the figures. It uses raw sockets,
 * because it shares the cores with the program that is measured and must cost next to nothing.
 */
export async function load({ program, connections, seconds, next }: Load): Promise<Sample> {
  const { hostname, port } = new URL(program.url)
  const latencies_ms: number[] = []
  let refused = 0
  let running = true
  let failure: Error | undefined

  const send = (socket: Socket<Wire>) => {
    const request = next()
    socket.data.sentAt = performance.now()
    write(socket, request)
  }
  const write = (socket: Socket<Wire>, bytes: Uint8Array) => {
    const written = Math.max(0, socket.write(bytes))
    socket.data.unsent = written < bytes.byteLength ? bytes.subarray(written) : undefined
  }
  const socket: SocketHandler<Wire> = {
    binaryType: 'buffer',
    data(socket, chunk) {
      const wire = socket.data
      const bytes = wire.partial ? Buffer.concat([wire.partial, chunk]) : chunk
      const reply = completeReply(bytes)
      wire.partial = reply ? undefined : Buffer.from(bytes)
      if (!reply) return
      if (wire.unsent) {
        failure = new Error('a request was answered before all of it was sent')
        socket.end()
        return
      }
      latencies_ms.push(performance.now() - wire.sentAt)
      if (reply.refused) refused += 1
      if (running) send(socket)
      else wire.done()
    },
    drain(socket) {
      if (socket.data.unsent) write(socket, socket.data.unsent)
    },
    close(socket) {
      if (running) failure = new Error('the service closed a connection')
      socket.data.done()
    },
    error(_, error) {
      failure = error
    },
  }

  const idle: Promise<void>[] = []
  const sockets = await Promise.all(
    Array.from({ length: connections }, () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      idle.push(promise)
      return Bun.connect<Wire>({ hostname, port: Number(port), socket, data: { sentAt: 0, done: resolve } })
    }),
  )
  const before = timesOf(program)
  const startedAt = performance.now()
  for (const open of sockets) send(open)
  await Bun.sleep(seconds * 1000)
  running = false
  const took_s = (performance.now() - startedAt) / 1000
  const answered = latencies_ms.length
  const after = timesOf(program)
  const cpu_us = after.program_us - before.program_us
  const database_us = after.database_us - before.database_us
  const others_us = after.others_us - before.others_us
  await Promise.all(idle)
  for (const open of sockets) open.end()
  if (failure) throw failure
  return sampleOf(latencies_ms, { answered, refused, took_s, cpu_us, database_us, others_us })
}

function timesOf({ pid, databasePid }: Program) {
  const program_us = cpuTime_us(pid)
  const database_us = databasePid === undefined ? 0 : cpuTime_us(databasePid)
  return { program_us, database_us, others_us: machineTime_us() - program_us - cpuTime_us(process.pid) }
}

interface Wire {
  sentAt: number
  partial?: Buffer | undefined
  /** The part of the request that is not sent yet. */
  unsent?: Uint8Array | undefined
  done: () => void
}

const headEnd = '\r\n\r\n'

/** The reply, once all of it has arrived. Anything but a 200 with code 0 in its envelope counts as refused. */
function completeReply(bytes: Buffer): { refused: boolean } | undefined {
  const end = bytes.indexOf(headEnd)
  if (end === -1) return undefined
  const head = bytes.toString('latin1', 0, end)
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1])
  if (Number.isNaN(length)) throw new Error(`a reply without a length:\n${head}`)
  if (bytes.byteLength < end + headEnd.length + length) return undefined
  return { refused: !head.startsWith('HTTP/1.1 200') || /\r\nx-api-code: (?!0\r|0$)/i.test(head) }
}
