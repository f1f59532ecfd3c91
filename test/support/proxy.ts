import type { Socket } from 'bun'

/**
 * What the proxy does with the next COMMITs.
 *
 * - `pass`: sends them on.
 * - `cut-before`, `cut-after`: cuts the connection before the database gets one, or after that but before the answer.
 * - `gone-before`, `gone-after`: the same, and from then on the proxy takes no connections.
 * - `hold`: keeps one back until the fate changes.
 * - `fails`: answers COMMIT with this error number; `happens` says whether the database gets it. What travels with the
 *   COMMIT is done and answered in both cases.
 */
export type CommitFate =
  | 'pass'
  | 'cut-before'
  | 'cut-after'
  | 'gone-before'
  | 'gone-after'
  | 'hold'
  | { fails: number; happens: boolean }

export interface DatabaseProxy {
  /** A database URL that leads through the proxy. */
  readonly url: string
  /** How many COMMITs met a fate other than `pass`. */
  readonly struck: number
  /** The next COMMITs meet this fate; with a `table`, the next ones that travel with a write of it. */
  strike(fate: CommitFate, times?: number, table?: string): void
  /** From now on connections are accepted but their statements are never answered, until `mute(false)`. */
  mute(isMuted?: boolean): void
  /** Returns a list to which the text of each later statement is added. */
  listen(): string[]
  /** From now on statements reach the database but its answers are kept back, until `withhold(false)`. */
  withhold(isWithholding?: boolean): void
  /** How many pieces of answers are kept back now. */
  readonly withheld: number
  /** Leads new connections to another server and ends the old ones, as a balancer does when the writer changes. */
  redirect(databaseUrl: string): void
  stop(): void
}

interface Pair {
  upstream?: Socket<Pair>
  client?: Socket<Pair>
  waiting: Uint8Array[]
  deaf: boolean | 'gone'
  /** Makes what is sent to the client of the database's answers; nothing until all of them have come. */
  lie?: ((answers: Uint8Array) => Uint8Array | undefined) | undefined
}

/** Starts a small TCP proxy in front of the database server. It loses answers and delays statements on demand. */
export async function startProxy(databaseUrl: string, port = 0): Promise<DatabaseProxy> {
  let to = addressOf(databaseUrl)
  const pairs = new Set<Pair>()
  let fate: CommitFate = 'pass'
  let left = 0
  let struckTable = ''
  let struck = 0
  let muted = false
  let heard: string[] | undefined
  let withholding = false
  const held: { pair: Pair; data: Uint8Array }[] = []
  const answers: { pair: Pair; data: Uint8Array }[] = []

  const fateOf = (data: Uint8Array): CommitFate => {
    if (left === 0 || fate === 'pass' || !isCommit(data) || !textOf(data).includes(struckTable)) return 'pass'
    left -= 1
    struck += 1
    return fate
  }
  const upstreamHandlers = {
    data: (socket: Socket<Pair>, data: Uint8Array) => {
      if (socket.data.deaf) {
        socket.data.client?.terminate()
        if (socket.data.deaf === 'gone') listener.stop(true)
        return
      }
      if (withholding) return void answers.push({ pair: socket.data, data: new Uint8Array(data) })
      const { lie, client } = socket.data
      const told = lie ? lie(data) : data
      if (told) socket.data.lie = undefined
      if (told) client?.write(told)
    },
    close: (socket: Socket<Pair>) => void socket.data.client?.end(),
  }
  const forward = (pair: Pair, data: Uint8Array) => {
    if (pair.upstream) pair.upstream.write(data)
    else pair.waiting.push(data)
  }
  const listener = Bun.listen<Pair>({
    // A freed port that another process took would be shared silently.
    exclusive: true,
    hostname: '127.0.0.1',
    port,
    socket: {
      async open(client) {
        const pair: Pair = { client, waiting: [], deaf: false }
        client.data = pair
        pairs.add(pair)
        const upstream = await Bun.connect<Pair>({ ...to, data: pair, socket: upstreamHandlers } as never)
        pair.upstream = upstream as unknown as Socket<Pair>
        for (const data of pair.waiting.splice(0)) pair.upstream.write(data)
      },
      data(client, data) {
        const pair = client.data
        if (muted && isStatement(data)) return
        if (heard && isStatement(data)) heard.push(...textOf(data).split(joint))
        const now = fateOf(data)
        if (now === 'hold') return void held.push({ pair, data: new Uint8Array(data) })
        if (now === 'cut-before' || now === 'gone-before') {
          pair.upstream?.terminate()
          client.terminate()
          if (now === 'gone-before') listener.stop(true)
          return
        }
        if (now === 'cut-after') pair.deaf = true
        if (now === 'gone-after') pair.deaf = 'gone'
        if (typeof now !== 'object') return forward(pair, new Uint8Array(data))
        if (textOf(data) === commit && !now.happens) return void client.write(errorPacket(now.fails, 1))
        pair.lie = failLast(now)
        forward(pair, now.happens ? new Uint8Array(data) : withoutCommit(data))
      },
      close(client) {
        pairs.delete(client.data)
        client.data?.upstream?.end()
      },
    },
  })
  const url = new URL(databaseUrl)
  url.searchParams.delete('socketPath')
  url.hostname = '127.0.0.1'
  url.port = String(listener.port)
  return {
    url: url.toString(),
    get struck() {
      return struck
    },
    strike(next, times = 1, table = '') {
      fate = next
      struckTable = table
      left = times
      for (const { pair, data } of held.splice(0)) forward(pair, data)
    },
    mute(isMuted = true) {
      muted = isMuted
    },
    listen() {
      heard = []
      return heard
    },
    withhold(isWithholding = true) {
      withholding = isWithholding
      if (!withholding) for (const { pair, data } of answers.splice(0)) pair.client?.write(data)
    },
    get withheld() {
      return answers.length
    },
    redirect(next) {
      to = addressOf(next)
      for (const { client, upstream } of pairs) {
        upstream?.terminate()
        client?.terminate()
      }
    },
    stop: () => listener.stop(true),
  }
}

function addressOf(databaseUrl: string) {
  const { searchParams, hostname, port } = new URL(databaseUrl)
  const socketPath = searchParams.get('socketPath')
  return socketPath ? { unix: socketPath } : { hostname, port: Number(port || 3306) }
}

/** The answer of a server that refuses a statement. */
function errorPacket(errno: number, sequence: number): Uint8Array {
  const body = Buffer.concat([Buffer.from([0xff, errno & 0xff, errno >> 8]), Buffer.from('#HY000made to order')])
  return Buffer.concat([Buffer.from([body.length, 0, 0, sequence]), body])
}

/** The answers of a packet of writes, as if the COMMIT at its end had failed. They may come in pieces. */
function failLast({ fails, happens }: { fails: number; happens: boolean }): Pair['lie'] {
  let come = Buffer.alloc(0)
  return (piece) => {
    come = Buffer.concat([come, piece])
    const packets = packetsIn(come)
    const last = packets.at(-1)
    if (!last || last.length < 4 + last.readUIntLE(0, 3) || (last[statusAt(last)] ?? 0) & moreResults) return undefined
    if (happens) packets.pop()
    else last[statusAt(last)] = (last[statusAt(last)] ?? 0) | moreResults
    return Buffer.concat([...packets, errorPacket(fails, packets.length + 1)])
  }
}

function packetsIn(bytes: Buffer): Buffer[] {
  const packets: Buffer[] = []
  for (let rest = bytes; rest.length > 0; rest = rest.subarray(4 + rest.readUIntLE(0, 3)))
    packets.push(rest.subarray(0, 4 + rest.readUIntLE(0, 3)))
  return packets
}

/** The flag of an OK packet after which another answer comes. */
const moreResults = 8

/** Where the status flags of an OK packet are: after its two counts, each of which is as long as it says. */
function statusAt(packet: Buffer): number {
  const lengthOf = (at: number) => ({ 252: 3, 253: 4, 254: 9 })[packet[at] ?? 0] ?? 1
  const insertId = 5 + lengthOf(5)
  return insertId + lengthOf(insertId)
}

/** Whether it is a COM_QUERY packet: the first of its exchange, with command 3. */
function isStatement(packet: Uint8Array): boolean {
  return packet[3] === 0 && packet[4] === 3
}

/** The text of a COM_QUERY packet. MySQL's client puts two bytes of query attributes before it. */
function textOf(packet: Uint8Array): string {
  const from = packet[5] === 0 ? 7 : 5
  return new TextDecoder().decode(packet.subarray(from)).trim()
}

const commit = 'COMMIT'
/** What the statements of a packet are joined by. */
const joint = ';\n'

function isCommit(packet: Uint8Array): boolean {
  if (!isStatement(packet)) return false
  const end = new TextDecoder().decode(packet.subarray(-joint.length - commit.length))
  return end === `${joint}${commit}` || (packet.length <= 16 && textOf(packet) === commit)
}

/** The same packet without the COMMIT at its end. */
function withoutCommit(packet: Uint8Array): Uint8Array {
  const rest = Buffer.from(packet.subarray(0, packet.length - joint.length - commit.length))
  rest.writeUIntLE(rest.length - 4, 0, 3)
  return rest
}
