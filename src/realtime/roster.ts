import { Line, type LineItem } from './line.ts'
import { end, type Socket, tell } from './socket.ts'

/** One user's sockets on this process, and the line that orders their pushes. */
interface Seat {
  sockets: Set<Socket>
  line: Line
}

const mostSocketsAUser = 10

/** The connected sockets of this process, by user. */
export class Roster {
  /** Every open socket, also those without a known user. */
  readonly all = new Set<Socket>()
  #seats = new Map<number, Seat>()
  readonly #patience_ms: () => number

  constructor(patience_ms: () => number) {
    this.#patience_ms = patience_ms
  }

  /** Adds a user's socket. From here on it misses none of the user's pushes. An eleventh socket closes the oldest. */
  seat(socket: Socket, userId: number): void {
    const seat = this.#seats.get(userId) ?? this.#newSeat(userId)
    seat.sockets.add(socket)
    const [oldest] = seat.sockets
    if (seat.sockets.size > mostSocketsAUser && oldest) {
      seat.sockets.delete(oldest)
      end(oldest, 'replaced')
    }
  }

  /** Called when the socket got the balance as of ledger row `seq`: it now gets the pushes after that row. */
  goLive(socket: Socket, userId: number, seq: number): void {
    const { early } = socket.data
    socket.data.floor = seq
    socket.data.stage = 'live'
    socket.data.early = []
    for (const item of early) hear(socket, item)
    this.#seats.get(userId)?.line.startAfter(seq)
  }

  remove(socket: Socket): void {
    this.all.delete(socket)
    const userId = socket.data.caller?.userId
    const seat = userId === undefined ? undefined : this.#seats.get(userId)
    if (!seat || userId === undefined) return
    seat.sockets.delete(socket)
    if (seat.sockets.size > 0) return
    seat.line.close()
    this.#seats.delete(userId)
  }

  /** Hands a commit's pushes to one user's line. Does nothing when the user is not connected. */
  push(userId: number, items: readonly LineItem[]): void {
    const seat = this.#seats.get(userId)
    if (seat) for (const item of items) seat.line.take(item)
  }

  has(userId: number): boolean {
    return this.#seats.has(userId)
  }

  #newSeat(userId: number): Seat {
    const sockets = new Set<Socket>()
    const line = new Line((item) => {
      for (const socket of sockets) hear(socket, item)
    }, this.#patience_ms)
    const seat = { sockets, line }
    this.#seats.set(userId, seat)
    return seat
  }
}

function hear(socket: Socket, item: LineItem): void {
  const { stage, floor, early } = socket.data
  if (stage === 'joining') early.push(item)
  if (stage !== 'live' || (item.seq !== undefined && item.seq <= floor)) return
  for (const push of item.pushes) tell(socket, push, push.data.timestamp)
}
